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
