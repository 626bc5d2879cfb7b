import { cpuBackend } from '@keepfit/backend-cpu';
import type { CallbackHooks } from '@keepfit/callbacks';
import { type FitOptions, type Model, Trainer, useBackend } from '@keepfit/fit';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, expect, test, vi } from 'vitest';

const BATCHES = 8;
const x = { data: Float32Array.from({ length: 2 * BATCHES }, (_, i) => Math.sin(i)), shape: [BATCHES, 2] };
const y = { data: Float32Array.from({ length: BATCHES }, (_, i) => Math.cos(i)), shape: [BATCHES, 1] };

beforeAll(() => useBackend(cpuBackend()));
afterEach(() => vi.restoreAllMocks());

test.each<[string, CallbackHooks]>([
  ['no callback', {}],
  ['a callback without batch hooks', { onEpochEnd() {} }],
  ['a callback with batch hooks', { onTrainBatchEnd() {} }],
])('files and timers get their turn between batches when it is due, with %s', async (_, callback) => {
  expect(await turnsSeen({ yieldEvery: 0, callbacks: [callback] })).toBe(BATCHES);
});

test('no turn is given before it is due', async () => {
  expect(await turnsSeen({ yieldEvery: 1e9 })).toBeLessThanOrEqual(1);
});

test('turns are given in validation, evaluation and prediction too', async () => {
  const trainer = new Trainer(linear(), { optimizer: 'sgd', loss: 'mse' });
  const options = { batchSize: 1, verbose: 0, yieldEvery: 0 } as const;
  expect(await countTurns(() => trainer.evaluate(x, y, options))).toBeGreaterThanOrEqual(BATCHES);
  expect(await countTurns(async () => tf.dispose(await trainer.predict(x, options)))).toBeGreaterThanOrEqual(
    BATCHES,
  );
});

test('a hidden page trains on: requestAnimationFrame is never waited for', async () => {
  const frame = vi.fn();
  vi.stubGlobal('requestAnimationFrame', frame);
  await turnsSeen({ yieldEvery: 0 });
  vi.unstubAllGlobals();
  expect(frame).not.toHaveBeenCalled();
});

/**
 * How many batches of one epoch had a turn of the event loop between their begin and the next batch's, or the
 * end.
 */
async function turnsSeen(
  options: FitOptions & { readonly callbacks?: readonly CallbackHooks[] },
): Promise<number> {
  const atBegin: number[] = [];
  const turns = { count: 0 };
  const note: CallbackHooks = { batchLogs: false, onTrainBatchBegin: () => void atBegin.push(turns.count) };
  const trainer = new Trainer(linear(), { optimizer: 'sgd', loss: 'mse' });
  const total = await countTurns(
    () =>
      trainer.fit(x, y, {
        batchSize: 1,
        verbose: 0,
        ...options,
        callbacks: [note, ...(options.callbacks ?? [])],
      }),
    turns,
  );
  return [...atBegin.slice(1), total].filter((count, batch) => count > (atBegin[batch] ?? 0)).length;
}

async function countTurns(run: () => Promise<unknown>, turns = { count: 0 }): Promise<number> {
  const tick = () => {
    turns.count += 1;
    immediate = setImmediate(tick);
  };
  let immediate = setImmediate(tick);
  await run();
  clearImmediate(immediate);
  return turns.count;
}

function linear(): Model {
  const kernel = tf.variable(tf.ones<tf.Rank.R2>([2, 1]));
  return {
    weights: [{ name: 'kernel', variable: kernel, trainable: true }],
    call: (input) => tf.matMul(input as tf.Tensor2D, kernel as tf.Tensor2D),
  };
}
