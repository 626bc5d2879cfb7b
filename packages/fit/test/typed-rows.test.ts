import { cpuBackend } from '@keepfit/backend-cpu';
import { type Arrays, type BatchData, type Model, Trainer, useBackend } from '@keepfit/fit';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { caught } from './helpers/caught.js';

const ROWS = [
  [1, 2],
  [3, 4],
  [5, 6],
];

beforeAll(() => useBackend(cpuBackend()));

describe('rows may be typed arrays', () => {
  test.each<[name: string, x: Arrays, dtype: string]>([
    ['Float32Array', ROWS.map((row) => Float32Array.from(row)), 'float32'],
    ['Float64Array', ROWS.map((row) => Float64Array.from(row)), 'float32'],
    ['Uint8Array', ROWS.map((row) => Uint8Array.from(row)), 'float32'],
    ['Int32Array, which stays whole', ROWS.map((row) => Int32Array.from(row)), 'int32'],
    ['Int32Array and numbers', [Int32Array.of(1, 2), [3, 4], Int32Array.of(5, 6)], 'float32'],
  ])('%s', async (_name, x, dtype) => {
    const seen: unknown[] = [];
    const trainer = createTrainer(seen);
    await trainer.fit(x, [1, 2, 3], { verbose: 0, shuffle: false });
    await trainer.fit((() => [{ xs: x, ys: [1, 2, 3] }]) as BatchData, { verbose: 0 });
    expect(seen).toEqual([
      [[3, 2], dtype, ROWS.flat()],
      [[3, 2], dtype, ROWS.flat()],
    ]);
  });

  test('as the innermost of nested arrays', async () => {
    const seen: unknown[] = [];
    const x = [[Float32Array.of(1, 2), Float32Array.of(3, 4)]];
    await createTrainer(seen).fit(x, [1], { verbose: 0 });
    expect(seen).toEqual([[[1, 2, 2], 'float32', [1, 2, 3, 4]]]);
  });

  test.each<[name: string, x: unknown, shape: string]>([
    ['of unequal lengths', [Float32Array.of(1, 2), Float32Array.of(3)], '[2, 2]'],
    [
      'of unequal lengths that add up',
      [Float32Array.of(1, 2), Float32Array.of(3), Float32Array.of(4, 5, 6)],
      '[3, 2]',
    ],
    ['of bigints', [BigInt64Array.of(1n, 2n), BigInt64Array.of(3n, 4n)], '[2, 2]'],
    ['of bytes without a kind', [new DataView(new ArrayBuffer(8))], '[1]'],
    ['among deeper ones', [Float32Array.of(1, 2), [[3], [4]]], '[2, 2]'],
  ])('but not %s', async (_name, x, shape) => {
    const error = await caught(createTrainer([]).fit(x as Arrays, [1, 2], { verbose: 0 }));
    expect(error.message).toBe(
      `KEEPFIT_INVALID_DATA: x must be nested arrays of numbers with rows of equal lengths; its first row says ${shape}`,
    );
  });
});

test.each<[name: string, x: unknown]>([
  ['a generator', (function* () {})()],
  ['an async generator', (async function* () {})()],
  ['an iterator', { next: () => ({ done: true, value: undefined }) }],
])('%s instead of a factory is refused with what to give', async (_name, x) => {
  for (const fitting of [
    createTrainer([]).fit(x as BatchData, { verbose: 0 }),
    createTrainer([]).fit(x as Arrays, [1], { verbose: 0 }),
  ]) {
    expect((await caught(fitting)).message).toBe(
      'KEEPFIT_INVALID_DATA: x is an iterable, not data; for batches give a function that returns a new iterable for each pass',
    );
  }
});

/** A trainer whose model tells the inputs that it trains on. */
function createTrainer(seen: unknown[]): Trainer {
  const slope = tf.variable(tf.scalar(0.5));
  const model: Model = {
    weights: [{ name: 'slope', variable: slope, trainable: true }],
    call: (input) => {
      const x = input as tf.Tensor;
      seen.push([x.shape, x.dtype, [...x.dataSync()]]);
      return tf.mul(tf.mean(tf.reshape(x, [x.shape[0] ?? 0, -1]), 1), slope);
    },
  };
  return new Trainer(model, { optimizer: tf.train.sgd(0.01), loss: 'mse' });
}
