import { expect, test } from 'vitest';
import { HOOKS } from '../../src/contract/callback-hooks.js';
import { CallbackList } from '../../src/callbacks/callback-list.js';
import { LambdaCallback, type LambdaCallbackOptions } from '../../src/callbacks/lambda-callback.js';
import { FakeTrainer } from '../fake-trainer.js';

test("calls each function given, with the hook's arguments", async () => {
  const calls: unknown[] = [];
  const recorder = (hook: string) => [hook, (...args: unknown[]) => void calls.push([hook, ...args])];
  const given = Object.fromEntries(HOOKS.map(recorder)) as LambdaCallbackOptions;
  const list = new CallbackList([new LambdaCallback(given)]);
  for (const hook of HOOKS)
    await (list[hook] as (...args: unknown[]) => Promise<void>).call(list, 7, { loss: 1 });
  expect(calls.map((call) => (call as unknown[])[0])).toEqual([...HOOKS]);
  expect(calls).toContainEqual(['onEpochEnd', 7, { loss: 1 }]);
});

test('has only the hooks given, so that batches do not wait for logs nobody reads', () => {
  const reads = (hooks: LambdaCallbackOptions) => new CallbackList([new LambdaCallback(hooks)]).batchLogs;
  expect(reads({ onEpochEnd: () => undefined })).toBe(false);
  expect(reads({ onTrainBatchEnd: () => undefined })).toBe(true);
  expect(reads({ onBatchEnd: () => undefined, batchLogs: 'latest' })).toBe('latest');
  expect(reads({ onTrainBatchEnd: undefined } as unknown as LambdaCallbackOptions)).toBe(false);
});

test('in its methods, this.model is the trainer', async () => {
  const trainer = new FakeTrainer();
  const list = new CallbackList(
    new LambdaCallback({
      onEpochEnd(_epoch, logs) {
        if (logs.loss < 1) this.model.stopTraining = true;
      },
    }),
  );
  list.setModel(trainer);
  await list.onEpochEnd(0, { loss: 2 });
  expect(trainer.stopTraining).toBe(false);
  await list.onEpochEnd(1, { loss: 0.5 });
  expect(trainer.stopTraining).toBe(true);
});

test('keeps state where it is given the functions for it', async () => {
  let count = 3;
  const counting = () =>
    new CallbackList([
      new LambdaCallback({
        getState: () => ({ count }),
        setState: (state) => void (count = Number(state['count'])),
      }),
    ]);
  const saved = counting().getState();
  count = 0;
  await counting().setState(saved);
  expect(count).toBe(3);
});

const refused = [
  { onEpochEnded: () => undefined },
  { onEpochEnd: 'log' },
  { name: 'mine' },
  { batchLogs: 1 },
  undefined,
];

test.each(refused)('refuses %o', (hooks) => {
  expect(() => new LambdaCallback(hooks as never)).toThrow(
    expect.objectContaining({ code: 'KEEPFIT_INVALID_OPTION' }),
  );
});
