import { cpuBackend } from '@keepfit/backend-cpu';
import { type Backend, useBackend } from '@keepfit/fit';
import { circle, ctc } from '@keepfit/fit/losses';
import { meanIoU } from '@keepfit/fit/metrics';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { sample } from '../../../../test/setup/sample.js';
import type { Turn } from './all-points.js';

/** Numbers between -1 and 1 that do not repeat. */
const waves = (...shape: number[]): tf.Tensor =>
  tf.tensor(
    Array.from({ length: tf.util.sizeFromShape(shape) }, (_, index) => Math.sin(1 + index * 1.7)),
    shape,
  );

/** Each gives its value, and its gradient if it has one. */
const cases: Readonly<Record<string, () => tf.Tensor[]>> = {
  ctc: () => {
    const labels = tf.tensor2d([
      [1, 2, 2],
      [2, 0, 0],
    ]);
    const { value, grad } = tf.valueAndGrad((yPred) => tf.mean(ctc()(labels, yPred)))(waves(2, 6, 4));
    return [value, grad];
  },
  'ctc of a large loss': () => {
    const yPred = tf.mul(waves(1, 5, 3), 90);
    const { value, grad } = tf.valueAndGrad((each) => tf.mean(ctc()(tf.tensor2d([[1, 2]]), each)))(yPred);
    return [value, grad];
  },
  circle: () => {
    const loss = circle({ gamma: 8 });
    const { value, grad } = tf.valueAndGrad((yPred) => tf.mean(loss(tf.tensor1d([0, 1, 0, 2, 1]), yPred)))(
      waves(5, 3),
    );
    return [value, grad];
  },
  meanIoU: () => {
    const metric = meanIoU({ numClasses: 3, sparseYPred: false, ignoreClass: 2 });
    const [yTrue, yPred] = [tf.tensor2d([[0, 1, 1, 2, 7]]), waves(1, 5, 3)];
    return [metric.result(metric.update(metric.initial(yPred), yTrue, yPred))];
  },
};

/** The losses and metrics that put many ops together, with their own gradients. In software they take turns. */
export function lossTests(make: () => Backend, turn: Turn): void {
  test.each(sample(Object.entries(cases), 4, 2 * turn))(
    '%s has the value and the gradient of the cpu backend',
    async (_, run) => {
      await useBackend(cpuBackend());
      const wanted = await read(run);
      await useBackend(make());
      const before = tf.memory().numTensors;
      const found = await read(run);
      expect(tf.memory().numTensors).toBe(before);
      found.flat().forEach((value, index) => expect(value).toBeCloseTo(wanted.flat()[index] ?? NaN, 4));
      expect(found.flat()).toHaveLength(wanted.flat().length);
    },
  );
}

async function read(run: () => tf.Tensor[]): Promise<number[][]> {
  const tensors = tf.tidy(run);
  const values = await Promise.all(tensors.map(async (tensor) => [...(await tensor.data())]));
  tf.dispose(tensors);
  return values;
}
