import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Metric } from '../../src/contract/metric.js';
import { getMetric, type MetricTableName } from '../../src/metrics/get-metric.js';
import { metricTable } from '../../src/metrics/metric-table.js';
import { computeWeightedSum } from '../../src/metrics/weighted-sum.js';
import {
  argsOf,
  checkCase,
  distance,
  flat,
  tensorOf,
  titleOf,
  type KerasCase,
} from '../losses/keras-case.js';

const folder = process.env['KEEPFIT_KERAS'] ?? fileURLToPath(new URL('../data/keras', import.meta.url));
const recorded = metricsOf(`${folder}/values.json`);
const more = metricsOf(fileURLToPath(new URL('./more-metrics.json', import.meta.url)));
const directions = { up: 'max', down: 'min' } as const;

function metricsOf(path: string): KerasCase[] {
  if (!existsSync(path)) return [];
  const { cases } = JSON.parse(readFileSync(path, 'utf8')) as { cases: KerasCase[] };
  return cases.filter(({ kind }) => kind === 'metric');
}

beforeAll(() => tf.setBackend('cpu'));

// Counts in whole numbers warn of fractional weights.
const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
afterAll(() => warn.mockRestore());

/** The metric after the first half of the rows, then the rest, as Keras recorded it. */
function resultOf(metric: Metric, { yTrue, yPred, sampleWeight }: KerasCase): tf.Tensor {
  const half = Math.floor(tensorOf(yPred).shape[0]! / 2);
  const batches = [yTrue, yPred, sampleWeight].map((rows) =>
    rows === null ? [undefined, undefined] : halves(tensorOf(rows), half),
  );
  const [[true0, true1], [pred0, pred1], [weight0, weight1]] = batches as [
    tf.Tensor[],
    tf.Tensor[],
    tf.Tensor[],
  ];
  if ('values' in metric) {
    const first = computeWeightedSum(metric.values(true0!, pred0!), weight0);
    const rest = computeWeightedSum(metric.values(true1!, pred1!), weight1);
    return tf.divNoNan(tf.add(first.sum, rest.sum), tf.add(first.weight, rest.weight));
  }
  const state = metric.update(metric.initial(pred0!), true0!, pred0!, weight0);
  return metric.result(metric.update(state, true1!, pred1!, weight1));
}

function halves(rows: tf.Tensor, half: number): tf.Tensor[] {
  return [tf.slice(rows, 0, half), tf.slice(rows, half)];
}

if (recorded.length === 0)
  test.skip('equals Keras: the folder has no values.json with metrics', () => undefined);

test('there is a recording of each metric', () => {
  expect(new Set(more.map(({ name }) => name)).size).toBe(Object.keys(metricTable).length);
});

for (const [index, kerasCase] of [...recorded, ...more].entries()) {
  test(`equals Keras: ${titleOf(kerasCase, index)}`, () => {
    checkCase(kerasCase);
    tf.tidy(() => {
      const value = resultOf(getMetric(kerasCase.name as MetricTableName, argsOf(kerasCase)), kerasCase);
      expect(
        distance([...value.dataSync()], flat(kerasCase.value)),
        `${value} against ${String(kerasCase.value)}`,
      ).toBeLessThan(1e-5);
      expect(value.rank).toBe(Array.isArray(kerasCase.value) ? 1 : 0);
    });
  });
}

for (const kerasCase of new Map(more.map((each) => [each.name, each])).values()) {
  test(`has the name and direction that Keras has: ${kerasCase.name}`, () => {
    const metric = getMetric(kerasCase.name as MetricTableName, argsOf(kerasCase));
    // Keras numbers instances of one class: auc_1.
    expect(metric.name).toBe(kerasCase.logName!.replace(/_\d+$/, ''));
    expect(metric.direction).toBe(kerasCase.direction ? directions[kerasCase.direction] : undefined);
  });
}
