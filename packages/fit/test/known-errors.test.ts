import { cpuBackend } from '@keepfit/backend-cpu';
import { useBackend } from '@keepfit/fit';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';

// What tfjs-core gets wrong where no registered gradient reaches. Each stands in docs/backends.md; one that
// fails here is to be taken out.

beforeAll(() => useBackend(cpuBackend()));

function dilated(activation: 'linear' | 'relu'): (filter: tf.Tensor) => tf.Tensor {
  const x = tf.ones<tf.Rank.R4>([1, 5, 5, 1]);
  return (filter) =>
    tf.fused.conv2d({ x, filter: filter as tf.Tensor4D, strides: 1, pad: 'valid', dilations: 2, activation });
}

test('a dilated convolution fused with a linear activation has no gradient', () => {
  expect(() => tf.grad(dilated('linear'))(tf.ones([2, 2, 1, 1]))).toThrow(/dilation rates greater than 1/);
});

test('with relu it has one, for tfjs takes it apart', async () => {
  const gradient = tf.grad(dilated('relu'))(tf.ones([2, 2, 1, 1]));
  expect(Array.from(await gradient.data())).toEqual([9, 9, 9, 9]);
});

test('batchNorm without a scale has no gradient', () => {
  const of = (x: tf.Tensor) => tf.batchNorm(x as tf.Tensor2D, tf.zeros([2]), tf.ones([2]));
  expect(() => tf.grad(of)(tf.ones([3, 2]))).toThrow(/undefined/);
});

const ungraded: Readonly<Record<string, (x: tf.Tensor) => tf.Tensor>> = {
  einsum: (x) => tf.einsum('ij,ij->i', x, x),
  cumprod: (x) => tf.cumprod(x, 0),
  gatherND: (x) => tf.gatherND(x, tf.tensor2d([[0, 1]], [1, 2], 'int32')),
  stridedSlice: (x) => tf.stridedSlice(x, [0, 0], [2, 2], [1, 2]),
  depthToSpace: (x) => tf.depthToSpace(tf.reshape(x, [1, 1, 1, 4]), 2),
  topk: (x) => tf.topk(x, 1).values,
  'image.cropAndResize': (x) =>
    tf.image.cropAndResize(
      tf.reshape(x, [1, 2, 2, 1]),
      tf.tensor2d([[0, 0, 1, 1]]),
      tf.tensor1d([0], 'int32'),
      [1, 1],
    ),
};

test.each(Object.entries(ungraded))('tfjs has no gradient of %s, and says so', (_, op) => {
  expect(() =>
    tf.grad(op)(
      tf.tensor2d([
        [1, 2],
        [3, 4],
      ]),
    ),
  ).toThrow(/gradient function not found/);
});
