import '@tensorflow/tfjs-backend-cpu';
import { suggestName } from '@keepfit/callbacks/internal';
import type { MetricName } from '@keepfit/fit';
import { expect, test } from 'vitest';
import { listNames } from '../src/find-entry-name.js';
import { kerasNames } from '../src/keras-names.js';
import { getLossNames } from '../src/losses/get-loss.js';
import { getMetric, getMetricNames, type MetricTableName } from '../src/metrics/get-metric.js';
import { getOptimizerNames } from '../src/optimizer/get-optimizer.js';

/** Options without which a metric cannot be made. */
const required = { recall: 0.5, precision: 0.5, specificity: 0.5, sensitivity: 0.5 };
const classes = { numClasses: 2, targetClassIds: [0] };

test('every name of a loss and of an optimizer is understood', () => {
  for (const name of listNames(getLossNames()).keys())
    expect(kerasNames.getLoss(name), name).toBeTypeOf('function');
  for (const name of listNames(getOptimizerNames()).keys()) {
    const optimizer = kerasNames.getOptimizer(name);
    expect(optimizer.getClassName().toLowerCase()).toBe(name.toLowerCase());
    optimizer.dispose();
  }
});

test('every name of a metric is understood', () => {
  expect(kerasNames.getMetric('accuracy' satisfies MetricName).name).toBe('accuracy');
  expect(kerasNames.getMetric('acc' satisfies MetricName).name).toBe('acc');
  for (const [name, entry] of listNames(getMetricNames())) {
    const [, option] = /_at_(\w+)$/.exec(entry) ?? [];
    const { numClasses, targetClassIds } = classes;
    const args =
      option !== undefined
        ? { [option]: required[option as keyof typeof required] }
        : {
            ...(/^(?!binary).*io_u$/.test(entry) && { numClasses }),
            ...(/^(one_hot_)?io_u$/.test(entry) && { targetClassIds }),
          };
    expect(getMetric(name as MetricTableName, args).name, name).toBeTypeOf('string');
  }
});

test.each<[kind: 'getLoss' | 'getMetric' | 'getOptimizer', asked: string, nearest: string]>([
  ['getOptimizer', 'adma', 'adam'],
  ['getOptimizer', 'ADAM', 'adam'],
  ['getOptimizer', 'adadalta', 'adadelta'],
  ['getLoss', 'meanSquaredErorr', 'meanSquaredError'],
  ['getLoss', 'mean-squared-error', 'meanSquaredError'],
  ['getLoss', 'BinaryCrossEntropy', 'binaryCrossentropy'],
  ['getLoss', 'sparse_categorical_cross_entropy', 'sparseCategoricalCrossentropy'],
  ['getLoss', 'Mse', 'mse'],
  ['getMetric', 'acuracy', 'accuracy'],
  ['getMetric', 'AUc', 'auc'],
])('%s suggests the name nearest to %s: %s', (kind, asked, nearest) => {
  expect(() => kerasNames[kind](asked)).toThrow(`${JSON.stringify(asked)}, did you mean "${nearest}"?`);
});

test('nothing is suggested if no name is near', () => {
  for (const asked of ['', 'x', 'constructor', 'toString', undefined, 5]) {
    for (const kind of ['getLoss', 'getMetric', 'getOptimizer'] as const) {
      expect(() => kerasNames[kind](asked as string)).toThrow('KEEPFIT_INVALID_OPTION');
      expect(() => kerasNames[kind](asked as string)).not.toThrow('did you mean');
    }
  }
  expect(suggestName('zebra', [])).toBe('');
});
