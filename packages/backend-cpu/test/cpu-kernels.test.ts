import { useBackend } from '@keepfit/fit';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { engineRun } from '../../js-kernels/test/helpers/engine-run.js';
import { expectCase } from '../../js-kernels/test/helpers/expect-case.js';
import { kernelCases } from '../../js-kernels/test/helpers/kernel-cases.js';
import { cpuBackend } from '../src/index.js';

beforeAll(() => useBackend(cpuBackend()));

for (const [kernelName, cases] of kernelCases()) {
  describe(kernelName, () => {
    for (const kernelCase of cases) test(kernelCase.name, () => expectCase(engineRun, kernelCase, 3e-7));
  });
}

test('a step leaves nothing behind and repeats itself bit for bit', () => {
  const step = () =>
    tf.tidy(() => {
      const x = tf.randomNormal([4, 9, 9, 3], 0, 1, 'float32', 1) as tf.Tensor4D;
      const filter = tf.randomNormal([3, 3, 3, 5], 0, 1, 'float32', 2) as tf.Tensor4D;
      const loss = (images: tf.Tensor4D, weights: tf.Tensor4D) =>
        tf.mean(tf.square(tf.maxPool(tf.relu(tf.conv2d(images, weights, 2, 'same')), 2, 2, 'same')));
      return tf
        .grads(loss as never)([x, filter])
        .map((gradient) => gradient.dataSync().slice());
    });
  const first = step();
  const before = tf.memory().numTensors;
  expect(step()).toEqual(first);
  expect(tf.memory().numTensors).toBe(before);
});

test('text and complex numbers still go to the kernels of tfjs', async () => {
  const words = tf.tensor2d([
    ['a', 'b'],
    ['c', 'd'],
  ]);
  expect(await tf.slice(words, [0, 1], [2, 1]).data()).toEqual(['b', 'd']);
  expect(await tf.tile(words, [1, 2]).data()).toEqual(['a', 'b', 'a', 'b', 'c', 'd', 'c', 'd']);
  expect(Array.from(await tf.add(tf.complex([1], [2]), tf.complex([3], [4])).data())).toEqual([4, 6]);
});

test('the bits of a tensor that was handed to a kernel are as before', () => {
  const weights = tf.tensor2d([
    [1, -2],
    [-3, 4],
  ]);
  tf.tidy(() =>
    tf
      .sum(
        tf.clipByValue(
          tf.matMul(tf.sub(tf.add(tf.relu(weights), weights), tf.square(weights)), weights),
          -1,
          1,
        ),
      )
      .dataSync(),
  );
  expect(Array.from(weights.dataSync())).toEqual([1, -2, -3, 4]);
});
