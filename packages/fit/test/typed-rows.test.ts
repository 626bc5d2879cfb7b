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

  test.each<[name: string, x: unknown, shape: string, odd: string]>([
    ['of unequal lengths', [Float32Array.of(1, 2), Float32Array.of(3)], '[2, 2]', 'x[1] has the length 1'],
    [
      'of unequal lengths that add up',
      [Float32Array.of(1, 2), Float32Array.of(3), Float32Array.of(4, 5, 6)],
      '[3, 2]',
      'x[1] has the length 1',
    ],
    [
      'of bigints',
      [BigInt64Array.of(1n, 2n), BigInt64Array.of(3n, 4n)],
      '[2, 2]',
      'x[0] is a BigInt64Array; convert it with Number',
    ],
    [
      'of bytes without a kind',
      [new DataView(new ArrayBuffer(8))],
      '[1]',
      'x[0] is a DataView; give a typed array of it, such as new Float32Array(buffer)',
    ],
    ['among deeper ones', [Float32Array.of(1, 2), [[3], [4]]], '[2, 2]', 'x[1][0] is a list of 1'],
  ])('but not %s', async (_name, x, shape, odd) => {
    const error = await caught(createTrainer([]).fit(x as Arrays, [1, 2], { verbose: 0 }));
    expect(error.message).toBe(
      `KEEPFIT_INVALID_DATA: x must be nested arrays of numbers with rows of equal lengths; its first row says ${shape}, and ${odd}`,
    );
  });
});

test.each<[name: string, x: unknown, what: string]>([
  [
    'a generator',
    (function* () {})(),
    'a generator, not data; for batches give a function that returns a new one',
  ],
  [
    'an async generator',
    (async function* () {})(),
    'an async generator, not data; for batches give a function that returns a new one',
  ],
  [
    'an iterator',
    { next: () => ({ done: true, value: undefined }) },
    'an iterable, not data; for batches give a function that returns a new iterable',
  ],
])('%s instead of a factory is refused with what to give', async (_name, x, what) => {
  const message = `KEEPFIT_INVALID_DATA: x is ${what} for each pass`;
  expect((await caught(createTrainer([]).fit(x as BatchData, { verbose: 0 }))).message).toBe(message);
  expect((await caught(createTrainer([]).fit(x as Arrays, [1], { verbose: 0 }))).message).toBe(message);
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
