import { expect, test } from 'vitest';
import { type CallbackHooks, CallbackList, type HookName } from '../../src/index.js';

test('a list runs each hook of each callback within the function that it was given, and awaits it', async () => {
  const order: string[] = [];
  const around = async (hook: HookName, run: () => Promise<void>) => {
    order.push(`begin ${hook}`);
    try {
      await run();
    } finally {
      await Promise.resolve();
      order.push(`end ${hook}`);
    }
  };
  const callback = (name: string, fails = false): CallbackHooks => ({
    onEpochEnd: async () => {
      await Promise.resolve();
      order.push(name);
      if (fails) throw new Error('out of luck');
    },
  });
  const list = new CallbackList(
    [callback('a'), { onTrainEnd: () => undefined }, callback('b', true)],
    around,
  );
  await expect(list.onEpochEnd(0, { loss: 1 })).rejects.toMatchObject({ code: 'KEEPFIT_HOOK_FAILED' });
  const one = (name: string) => ['begin onEpochEnd', name, 'end onEpochEnd'];
  expect(order).toEqual([...one('a'), ...one('b')]);
});
