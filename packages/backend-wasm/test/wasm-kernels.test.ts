import { useBackend } from '@keepfit/fit';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { engineRun } from '../../js-kernels/test/helpers/engine-run.js';
import { expectCase } from '../../js-kernels/test/helpers/expect-case.js';
import { kernelCases } from '../../js-kernels/test/helpers/kernel-cases.js';
import { wasmBackend } from '../src/index.js';

beforeAll(() => useBackend(wasmBackend()));

for (const [kernelName, cases] of kernelCases()) {
  describe(kernelName, () => {
    for (const kernelCase of cases) test(kernelCase.name, () => expectCase(engineRun, kernelCase, 2e-6));
  });
}

test.each([
  ['pixels', [2, 9, 8, 3], 5],
  ['squares of 2 × 2', [2, 9, 8, 12], 10],
] as const)('a convolution by %s with bias and relu has the bits of its parts', (_, shape, columns) => {
  tf.tidy(() => {
    const x = tf.randomNormal<tf.Rank.R4>([...shape], 0, 1, 'float32', 1);
    const filter = tf.randomNormal<tf.Rank.R4>([3, 3, shape[3], columns], 0, 1, 'float32', 2);
    const bias = tf.randomNormal<tf.Rank.R1>([columns], 0, 1, 'float32', 3);
    const fused = tf.fused.conv2d({ x, filter, bias, strides: 1, pad: 'same', activation: 'relu' });
    const parts = tf.relu(tf.add(tf.conv2d(x, filter, 1, 'same'), bias));
    expect(fused.dataSync()).toEqual(parts.dataSync());
  });
});

test.each([
  ['pixels', [3, 9, 8, 3], 45],
  ['pixels, strided', [3, 21, 23, 4], 5, 2],
  ['squares of 2 × 2', [5, 19, 17, 8], 44],
  ['several images at a time', [9, 5, 5, 8], 8],
  ['a single column', [3, 19, 17, 8], 1],
] as const)('by %s, the gradients of filter and bias together have the bits of each', (...given) => {
  const [, shape, columns, strides = 1] = given;
  tf.tidy(() => {
    const x = tf.randomNormal<tf.Rank.R4>([...shape], 0, 1, 'float32', 1);
    const filterShape = [3, 3, shape[3], columns] as [number, number, number, number];
    const y = tf.conv2d(x, tf.zeros<tf.Rank.R4>(filterShape), strides, 'same');
    const dy = tf.randomNormal(y.shape, 0, 1, 'float32', 2);
    const run = (name: string): tf.Tensor[] => {
      const attrs = { strides, pad: 'same', dataFormat: 'NHWC', filterShape };
      return [tf.engine().runKernel(name, { x, dy }, attrs) as tf.Tensor | tf.Tensor[]].flat();
    };
    const [filter, bias] = run('KeepfitConv2DFilterAndBiasGradients');
    expect(filter?.dataSync()).toEqual(run('Conv2DBackpropFilter')[0]?.dataSync());
    expect(bias?.dataSync()).toEqual(tf.sum(dy, [0, 1, 2]).dataSync());
  });
});

describe('the gradient of a filter by squares of 2 × 2 pixels', () => {
  const getGradient = (x: tf.Tensor4D, dy: tf.Tensor4D, pad: 'same' | 'valid' = 'same'): Float32Array =>
    tf.tidy(() => {
      const filter = tf.zeros([3, 3, x.shape[3], dy.shape[3]]);
      const convolve = (weights: tf.Tensor): tf.Tensor => tf.conv2d(x, weights as tf.Tensor4D, 1, pad);
      return tf.grad(convolve)(filter, dy).dataSync() as Float32Array;
    });
  const getNumbers = (channels: number, seed: number): tf.Tensor4D =>
    tf.randomNormal<tf.Rank.R4>([1, 18, 18, channels], 0, 1, 'float32', seed);
  const replaceOne = (tensor: tf.Tensor4D, at: number, value: number): tf.Tensor4D => {
    const values = Float32Array.from(tensor.dataSync());
    values[at] = value;
    return tf.tensor4d(values, tensor.shape);
  };

  test.each([NaN, Infinity, -Infinity])(
    'is not finite for each tap that meets %d, and only in its channel',
    (value) => {
      tf.tidy(() => {
        const [x, dy] = [getNumbers(8, 1), getNumbers(12, 2)];
        const [row, column] = [7, 9];
        const ofX = getGradient(replaceOne(x, (row * 18 + column) * 8 + 5, value), dy);
        const ofDy = getGradient(x, replaceOne(dy, (row * 18 + column) * 12 + 9, value));
        for (let i = 0; i < ofX.length; i++) {
          expect(Number.isFinite(ofX[i])).toBe(Math.floor(i / 12) % 8 !== 5);
          expect(Number.isFinite(ofDy[i])).toBe(i % 12 !== 9);
        }
      });
    },
  );

  test('has the same bits each time, whatever the memory held', () => {
    tf.tidy(() => {
      const [x, dy] = [getNumbers(8, 1), getNumbers(12, 2)];
      const first = getGradient(x, dy);
      // Freed memory full of NaN: the kernel's own memory comes from there.
      tf.dispose([100, 10_000, 100_000, 1_000_000].map((length) => tf.fill([length], NaN)));
      expect(getGradient(x, dy)).toEqual(first);
    });
  });

  test('is off from a sum in double precision by less than direct summation', () => {
    tf.tidy(() => {
      const x = tf.randomUniform<tf.Rank.R4>([8, 18, 18, 8], 0, 1, 'float32', 1);
      const dy = tf.randomUniform<tf.Rank.R4>([8, 16, 16, 4], 0, 1, 'float32', 2);
      const gradient = getGradient(x, dy, 'valid');
      const [xs, dys] = [x.dataSync(), dy.dataSync()];
      let [largest, bySquares, direct] = [0, 0, 0];
      for (let i = 0; i < gradient.length; i++) {
        const [tap, channel, column] = [Math.floor(i / 32), Math.floor(i / 4) % 8, i % 4];
        let [exact, single] = [0, 0];
        for (let p = 0; p < 8 * 256; p++) {
          const [image, top, left] = [p >> 8, ((p >> 4) & 15) + Math.floor(tap / 3), (p & 15) + (tap % 3)];
          const product = xs[((image * 18 + top) * 18 + left) * 8 + channel]! * dys[p * 4 + column]!;
          exact += product;
          single = Math.fround(single + Math.fround(product));
        }
        largest = Math.max(largest, Math.abs(exact));
        bySquares = Math.max(bySquares, Math.abs(gradient[i]! - exact));
        direct = Math.max(direct, Math.abs(single - exact));
      }
      expect(bySquares).toBeLessThan(direct);
      expect(bySquares / largest).toBeLessThan(1e-6);
    });
  });
});
