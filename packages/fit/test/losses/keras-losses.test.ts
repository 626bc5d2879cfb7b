import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { getLoss, type LossName } from '../../src/losses/get-loss.js';
import { lossTable } from '../../src/losses/loss-table.js';
import { weightedMean } from '../../src/losses/weighted-mean.js';
import { argsOf, checkCase, distance, flat, tensorOf, titleOf, type KerasCase } from './keras-case.js';

const folder = process.env['KEEPFIT_KERAS'] ?? fileURLToPath(new URL('../data/keras', import.meta.url));
const recorded = lossesOf(`${folder}/values.json`);
const more = lossesOf(fileURLToPath(new URL('./more-losses.json', import.meta.url)));

function lossesOf(path: string): KerasCase[] {
  if (!existsSync(path)) return [];
  const { cases } = JSON.parse(readFileSync(path, 'utf8')) as { cases: KerasCase[] };
  return cases.filter(({ kind }) => kind === 'loss');
}

beforeAll(async () => {
  await tf.setBackend('cpu');
});

function lossOf(kerasCase: KerasCase): (yPred: tf.Tensor) => tf.Scalar {
  const loss = getLoss(kerasCase.name as LossName, argsOf(kerasCase));
  const weights = kerasCase.sampleWeight === null ? undefined : tensorOf(kerasCase.sampleWeight);
  const reduce = reductions[String(kerasCase.args['reduction'] ?? 'sum_over_batch_size')];
  if (reduce === undefined) throw new Error(`there is no reduction ${String(kerasCase.args['reduction'])}`);
  return (yPred) => reduce(loss(tensorOf(kerasCase.yTrue), yPred), weights);
}

type Reduce = (values: tf.Tensor, weights: tf.Tensor | undefined) => tf.Scalar;

/** Of Keras' reductions, a trainer uses the first. The others follow from it. */
const reductions: Readonly<Record<string, Reduce>> = {
  sum_over_batch_size: weightedMean,
  sum: (values, weights) => tf.mul(weightedMean(values, weights), values.size),
  mean: weightedMean,
  mean_with_sample_weight: (values, weights) =>
    tf.div(weightedMean(values, weights), weightedMean(tf.onesLike(values), weights)),
};

if (recorded.length === 0)
  test.skip('equals Keras: the folder has no values.json with losses', () => undefined);

test('there is a recording of each loss', () => {
  expect(new Set(more.map(({ name }) => name)).size).toBe(Object.keys(lossTable).length);
});

for (const [index, kerasCase] of [...recorded, ...more].entries()) {
  test(`equals Keras: ${titleOf(kerasCase, index)}`, () => {
    checkCase(kerasCase);
    tf.tidy(() => {
      const value = lossOf(kerasCase)(tensorOf(kerasCase.yPred));
      expect(value.shape).toEqual([]);
      expect(
        distance([...value.dataSync()], flat(kerasCase.value)),
        `${value} against ${String(kerasCase.value)}`,
      ).toBeLessThan(1e-5);
    });
  });
}

for (const [index, kerasCase] of more.entries()) {
  test(`has the gradient that Keras has: ${titleOf(kerasCase, index)}`, () => {
    tf.tidy(() => {
      const gradient = tf.grad(lossOf(kerasCase))(tensorOf(kerasCase.yPred));
      expect(distance([...gradient.dataSync()], flat(kerasCase.gradient!)), `${gradient}`).toBeLessThan(1e-5);
    });
  });
}
