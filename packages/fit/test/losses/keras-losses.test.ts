import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { getLoss, type LossName } from '../../src/losses/get-loss.js';
import { lossTable } from '../../src/losses/loss-table.js';
import { reduceLoss } from '../../src/losses/weighted-mean.js';
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
  const yTrue = tensorOf(kerasCase.yTrue);
  return (yPred) => reduceLoss(loss(yTrue, yPred), loss.reduction, weights, loss.mask?.(yTrue, yPred));
}

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
