import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { ctc } from '../../src/losses/ctc.js';
import { getLoss } from '../../src/losses/get-loss.js';
import { lossTable } from '../../src/losses/loss-table.js';
import { weightedMean } from '../../src/losses/weighted-mean.js';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const sparse = ['sparse_categorical_crossentropy', 'categorical_generalized_cross_entropy', 'circle'];
const rows = [
  [0.2, 0.5, 0.3],
  [0.6, 0.15, 0.25],
  [0.1, 0.2, 0.7],
  [0.45, 0.35, 0.2],
];
const oneHot = [
  [0, 1, 0],
  [0, 0, 1],
  [0, 0, 1],
  [1, 0, 0],
];
const step = 1e-2;

/** Central differences of a function of all of `rows`, one value at a time. */
function differences(lossAt: (yPred: tf.Tensor) => tf.Scalar): number[] {
  const at = (row: number, column: number, shift: number): number => {
    const moved = rows.map((values, i) =>
      values.map((value, j) => (i === row && j === column ? value + shift : value)),
    );
    return lossAt(tf.tensor2d(moved)).dataSync()[0]!;
  };
  return rows.flatMap((values, i) => values.map((_, j) => (at(i, j, step) - at(i, j, -step)) / (2 * step)));
}

for (const name of Object.keys(lossTable) as (keyof typeof lossTable)[]) {
  for (const weights of [undefined, [1, 2, 0.5, 0]]) {
    test(`the gradient of ${name} is its slope${weights ? ', with sample weights' : ''}`, () => {
      tf.tidy(() => {
        const yTrue = sparse.includes(name) ? tf.tensor1d([1, 2, 2, 0], 'int32') : tf.tensor2d(oneHot);
        const sampleWeight = weights && tf.tensor1d(name === 'ctc' ? weights.slice(0, 2) : weights);
        const valuesAt = (yPred: tf.Tensor): tf.Tensor =>
          name === 'ctc' ? ctc()(sequences, tf.reshape(yPred, [2, 2, 3])) : getLoss(name)(yTrue, yPred);
        const lossAt = (yPred: tf.Tensor): tf.Scalar => weightedMean(valuesAt(yPred), sampleWeight);
        const sequences = tf.tensor2d([
          [1, 0],
          [2, 1],
        ]);
        const variable = tf.variable(
          tf.tensor2d(rows),
          true,
          `predictions of ${name}${weights ? ' weighted' : ''}`,
        );
        const { grads } = tf.variableGrads(() => lossAt(variable), [variable]);
        const gradient = [...Object.values(grads)[0]!.dataSync()];
        const slopes = differences(lossAt);
        // The error of a fourth-order term and of float32: 1 % of the largest slope.
        const tolerance = 0.01 * Math.max(...slopes.map(Math.abs));
        expect(tolerance).toBeGreaterThan(0);
        for (const [index, slope] of slopes.entries())
          expect(Math.abs(gradient[index]! - slope)).toBeLessThan(tolerance);
      });
    });
  }
}

test('an error of exactly 0 pulls in no direction', () => {
  tf.tidy(() => {
    const [yTrue, yPred] = [tf.tensor2d([[1, -2, 0]]), tf.tensor2d([[1, -2, 0]])];
    for (const name of ['mae', 'mape', 'mse', 'huber', 'log_cosh'] as const) {
      const gradient = tf.grad((y) => tf.mean(getLoss(name)(yTrue, y)))(yPred);
      expect([...gradient.dataSync()].map(Math.abs), name).toEqual([0, 0, 0]);
    }
  });
});

test('cosine similarity with a zero vector has finite gradients', () => {
  tf.tidy(() => {
    const zeros = tf.zeros([2, 3]);
    const gradient = tf.grad((yPred) => tf.mean(getLoss('cosine_similarity')(tf.ones([2, 3]), yPred)))(zeros);
    expect([...gradient.dataSync()].every(Number.isFinite)).toBe(true);
  });
});
