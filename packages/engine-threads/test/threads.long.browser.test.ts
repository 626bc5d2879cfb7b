import { cpuBackend } from '@keepfit/backend-cpu';
import type { CallbackHooks } from '@keepfit/callbacks';
import { useBackend } from '@keepfit/fit';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { threads } from '../src/index.js';
import { listWorkers, train } from './helpers/in-page.js';

beforeEach(() => useBackend(cpuBackend()));

afterEach(() => expect.poll(() => listWorkers()).toEqual([]));

test('a worker that is terminated is replaced, and changes no bit', async () => {
  const made: Worker[] = [];
  const worker = () => {
    const one = new Worker(new URL('../src/worker.ts', import.meta.url), { type: 'module' });
    made.push(one);
    return one;
  };
  const engine = threads({ workers: 1, worker });
  const terminate: CallbackHooks = {
    onTrainBatchEnd(batch) {
      if (batch === 1) made.at(-1)?.terminate();
    },
  };
  expect(await train({ engine, epochs: 2, callbacks: [terminate] })).toEqual(await train({ epochs: 2 }));
  expect(made.length).toBeGreaterThan(1);
});

test('no worker is left when fit throws', async () => {
  const engine = threads({ workers: 1 });
  const fail: CallbackHooks = {
    async onTrainBatchEnd() {
      expect(await listWorkers()).toHaveLength(1);
      throw new Error('enough');
    },
  };
  await expect(train({ engine, callbacks: [fail] })).rejects.toMatchObject({
    cause: { message: 'enough' },
  });
  expect(engine.workers).toEqual([]);
});
