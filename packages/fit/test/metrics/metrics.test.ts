import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test, vi } from 'vitest';
import type { MeanMetric, Metric, StatefulMetric } from '../../src/contract/metric.js';
import { sparseCategoricalCrossentropy } from '../../src/losses/sparse-categorical-crossentropy.js';
import { chooseAccuracy } from '../../src/metrics/choose-accuracy.js';
import { auc } from '../../src/metrics/auc.js';
import { binaryIoU } from '../../src/metrics/binary-iou.js';
import { iou } from '../../src/metrics/iou.js';
import { createMaskedMean } from '../../src/metrics/masked-mean.js';
import { meanIoU } from '../../src/metrics/mean-iou.js';
import { meanMetric } from '../../src/metrics/mean-metric.js';
import { oneHotMeanIoU } from '../../src/metrics/one-hot-mean-iou.js';
import { getMetric } from '../../src/metrics/get-metric.js';
import { metricTable } from '../../src/metrics/metric-table.js';
import { precision } from '../../src/metrics/precision.js';
import { precisionAtRecall } from '../../src/metrics/precision-at-recall.js';
import { computeWeightedSum } from '../../src/metrics/weighted-sum.js';

beforeAll(() => tf.setBackend('cpu'));

const numbers = (tensor: tf.Tensor): number[] => [...tensor.dataSync()];
const required: Record<string, Record<string, unknown>> = {
  io_u: { numClasses: 2, targetClassIds: [0] },
  mean_io_u: { numClasses: 2 },
  one_hot_io_u: { numClasses: 2, targetClassIds: [1] },
  one_hot_mean_io_u: { numClasses: 2 },
  precision_at_recall: { recall: 0.5 },
  recall_at_precision: { precision: 0.5 },
  sensitivity_at_specificity: { specificity: 0.5 },
  specificity_at_sensitivity: { sensitivity: 0.5 },
};
const names = Object.keys(metricTable) as (keyof typeof metricTable)[];
const made = (name: keyof typeof metricTable): Metric => getMetric(name, required[name]);
const stateful = names.map(made).filter((metric): metric is StatefulMetric => 'update' in metric);

test('the key in the logs is the name in Keras, or the short name that was asked for', () => {
  expect(getMetric('MeanSquaredError').name).toBe('mean_squared_error');
  expect(getMetric('meanAbsoluteError').name).toBe('mean_absolute_error');
  for (const name of ['mse', 'mae', 'MAE', 'mape', 'msle', 'bce'] as const)
    expect(getMetric(name).name).toBe(name);
  expect(getMetric('AUC', { curve: 'PR' }).name).toBe('auc');
  expect(getMetric('LogCoshError').name).toBe('logcosh');
  expect(getMetric('mse', { name: 'error' }).name).toBe('error');
});

test('any spelling names the same metric', () => {
  for (const name of ['KLDivergence', 'kl_divergence', 'klDivergence', 'kld'] as const)
    expect(getMetric(name).direction).toBe('min');
  for (const name of ['FBetaScore', 'fbeta_score', 'f_beta_score'] as const)
    expect(getMetric(name).name).toBe('fbeta_score');
  for (const name of ['R2Score', 'r2_score', 'r2Score'] as const)
    expect(getMetric(name).name).toBe('r2_score');
});

test('an unknown metric is refused with a list of those there are', () => {
  expect(() => getMetric('precison' as 'precision')).toThrow(
    /KEEPFIT_INVALID_OPTION.*"precison", did you mean "precision"\?; there is .*precision/,
  );
  expect(() => getMetric('constructor' as 'auc')).toThrow('KEEPFIT_INVALID_OPTION');
});

test('every metric refuses an argument it does not have', () => {
  for (const name of names) {
    expect(() => getMetric(name, { ...required[name], sharpness: 1 }), name).toThrow(
      /KEEPFIT_INVALID_OPTION.*sharpness/,
    );
    expect(() => getMetric(name, { ...required[name], name: 7 }), name).toThrow(
      /KEEPFIT_INVALID_OPTION.*name/,
    );
  }
});

test('arguments are checked when the metric is made', () => {
  expect(() => auc({ numThresholds: 1 })).toThrow(/numThresholds of auc must be an integer above 1, not 1/);
  expect(() => auc({ curve: 'roc' as 'ROC' })).toThrow(/curve of auc/);
  expect(() => precision({ thresholds: [0.5, 1.5] })).toThrow(/thresholds of precision/);
  expect(() => precisionAtRecall({} as { recall: number })).toThrow(
    /recall of precisionAtRecall must be .*, not undefined/,
  );
});

test('an intersection over union needs its classes', () => {
  expect(() => getMetric('MeanIoU')).toThrow(
    /numClasses of meanIoU must be a positive integer, not undefined/,
  );
  expect(() => getMetric('IoU', { numClasses: 2 })).toThrow(
    /targetClassIds of iou .*below numClasses, 2, not/,
  );
  expect(() => iou({ numClasses: 2, targetClassIds: [0, 2] })).toThrow(/targetClassIds of iou/);
  expect(() => iou({ numClasses: 2, targetClassIds: [] })).toThrow(/targetClassIds of iou/);
  expect(() => binaryIoU({ targetClassIds: [2] })).toThrow(/targetClassIds of binaryIoU/);
  expect(() => binaryIoU({ dtype: 'float64' as 'float32' })).toThrow(/dtype of binaryIoU/);
});

test('an intersection over union refuses targets of another number', () => {
  const metric = meanIoU({ numClasses: 3 });
  const update = (yTrue: number[], yPred: number[]) => () =>
    metric.update(metric.initial(tf.zeros(yPred)), tf.zeros(yTrue), tf.zeros(yPred));
  expect(update([4], [4, 3])).toThrow(/KEEPFIT_INVALID_DATA.*\[4\] and \[4,3\].*sparseYPred: false/);
  expect(update([2, 4], [4, 2])).toThrow('KEEPFIT_INVALID_DATA');
  expect(update([4, 2, 1], [4, 2])).not.toThrow();
  const apart = meanIoU({ numClasses: 3, axis: 3, sparseYPred: false });
  expect(() => apart.update([tf.zeros([3, 3])], tf.zeros([2]), tf.zeros([2, 3]))).toThrow(
    /axis 3 of meanIoU/,
  );
});

test('the classes may be on any axis', () => {
  const metric = oneHotMeanIoU({ numClasses: 3, axis: 1 });
  const last = oneHotMeanIoU({ numClasses: 3 });
  const yTrue = tf.oneHot(tf.tensor2d([[0, 1, 2, 1]], undefined, 'int32'), 3);
  const yPred = tf.oneHot(tf.tensor2d([[0, 2, 2, 1]], undefined, 'int32'), 3);
  const [first, second] = [yTrue, yPred].map((tensor) => tf.transpose(tensor, [0, 2, 1])) as [
    tf.Tensor,
    tf.Tensor,
  ];
  const of = (from: StatefulMetric, targets: tf.Tensor, predictions: tf.Tensor): number[] =>
    numbers(from.result(from.update(from.initial(predictions), targets, predictions)));
  expect(of(metric, first, second)).toEqual(of(last, yTrue, yPred));
});

test('counts in whole numbers warn once of fractional weights, and not of masks', () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  const count = (metric: StatefulMetric, weights: tf.Tensor): void => {
    const yPred = tf.tensor1d([0, 1]);
    metric.update(metric.initial(yPred), yPred, yPred, weights);
  };
  const metric = meanIoU({ numClasses: 2 });
  count(metric, tf.tensor1d([true, false], 'bool'));
  count(meanIoU({ numClasses: 2, dtype: 'float32' }), tf.tensor1d([0.5, 1]));
  expect(warn).not.toHaveBeenCalled();
  count(metric, tf.tensor1d([0.5, 1]));
  count(metric, tf.tensor1d([0.5, 1]));
  expect(warn.mock.calls).toEqual([[expect.stringMatching(/meanIoU counts in whole.*dtype: 'float32'/)]]);
  warn.mockRestore();
});

test('accuracy is chosen by the shapes', () => {
  const right = (yTrue: tf.Tensor, yPred: tf.Tensor): number[] =>
    numbers(chooseAccuracy(yTrue.shape, yPred.shape).values(yTrue, yPred));
  expect(right(tf.tensor2d([[1], [1]]), tf.tensor2d([[0.7], [0.2]]))).toEqual([1, 0]);
  expect(right(tf.tensor1d([1, 1]), tf.tensor1d([0.7, 0.2]))).toEqual([1, 0]);
  const classes = tf.tensor2d([
    [0.1, 0.7, 0.2],
    [0.5, 0.4, 0.1],
  ]);
  expect(right(tf.tensor1d([1, 2], 'int32'), classes)).toEqual([1, 0]);
  expect(right(tf.tensor2d([[1], [2]]), classes)).toEqual([1, 0]);
  expect(
    right(
      tf.tensor2d([
        [0, 1, 0],
        [0, 0, 1],
      ]),
      classes,
    ),
  ).toEqual([1, 0]);
  expect(chooseAccuracy([4, 1], [4, 1])).toMatchObject({ name: 'accuracy', direction: 'max' });
  expect(chooseAccuracy([4], [4, 3], 'acc').name).toBe('acc');
});

test('a top-k accuracy counts neither NaN predictions nor labels that are no class', () => {
  const metric = getMetric('sparse_top_k_categorical_accuracy', { k: 2 });
  const yPred = tf.tensor2d([
    [0.1, 0.2, 0.7],
    [Number.NaN, 0.2, 0.7],
    [0.1, 0.2, 0.7],
    [0.1, 0.2, 0.7],
  ]);
  expect('values' in metric && numbers(metric.values(tf.tensor1d([1, 2, 3, 0], 'int32'), yPred))).toEqual([
    1, 0, 0, 0,
  ]);
});

test('a weighted sum takes the mean of each sample, and weighs samples', () => {
  const values = tf.tensor2d([
    [1, 3],
    [5, 7],
    [0, 1],
  ]);
  const of = (weights?: tf.Tensor): number[] =>
    Object.values(computeWeightedSum(values, weights)).flatMap((each) => numbers(each as tf.Tensor));
  expect(of()).toEqual([8.5, 3]);
  expect(of(tf.tensor1d([1, 2, 0], 'int32'))).toEqual([14, 3]);
  expect(
    of(
      tf.tensor2d([
        [1, 0],
        [1, 1],
        [0, 2],
      ]),
    ),
  ).toEqual([7.5, 2.5]);
  expect(
    Object.values(computeWeightedSum(tf.scalar(4))).flatMap((each) => numbers(each as tf.Tensor)),
  ).toEqual([4, 1]);
});

test('a mean metric can be made of any loss', () => {
  expect(meanMetric('bias', (yTrue, yPred) => tf.sub(yPred, yTrue))).not.toHaveProperty('direction');
  expect(meanMetric('cost', () => tf.scalar(1), 'min')).toMatchObject({ name: 'cost', direction: 'min' });
});

// Keras 3.15.1 gives these numbers on TensorFlow.
test('what a loss ignores counts as 0 in its metric, and not at all if there are weights', () => {
  const given = [
    { labels: [0, -1, 1], weights: [1, 4, 3] },
    { labels: [-1, -1], weights: [1, 1] },
  ];
  const meanOf = (metric: MeanMetric, isWeighted: boolean): number => {
    const { initial, update, result } = createMaskedMean('x', () => metric, 'min');
    let state = initial(tf.zeros([0]));
    for (const { labels, weights } of given) {
      const yPred = tf.tile([[0.5, 0.25, 0.25]], [labels.length, 1]);
      state = update(state, tf.tensor1d(labels), yPred, isWeighted ? tf.tensor1d(weights) : undefined);
    }
    return result(state).dataSync()[0]! / Math.log(2);
  };
  const named = getMetric('SparseCategoricalCrossentropy', { ignoreClass: -1 }) as MeanMetric;
  expect(meanOf(named, false)).toBeCloseTo(3 / 5, 5);
  expect(meanOf(named, true)).toBeCloseTo(7 / 4, 5);
  const own = meanMetric('own', sparseCategoricalCrossentropy({ ignoreClass: -1 }));
  expect(meanOf(own, true)).toBeCloseTo(7 / 4, 5);
});

test('a metric made of a loss refuses a reduction', () => {
  for (const name of ['mse', 'cosine_similarity'] as const)
    expect(() => getMetric(name, { reduction: 'sum' })).toThrow(/KEEPFIT_INVALID_OPTION.*reduction/);
});

test('a state that was saved and read back goes on like the original', () => {
  for (const metric of stateful) {
    tf.tidy(() => {
      const yTrue = tf.tensor2d([
        [1, 0],
        [0, 1],
        [1, 1],
      ]);
      const [first, second] = [
        tf.tensor2d([
          [0.9, 0.2],
          [0.6, 0.5],
          [0.3, 0.8],
        ]),
        tf.tensor2d([
          [0.1, 0.2],
          [0.4, 0.7],
          [0.5, 0.6],
        ]),
      ];
      const state = metric.update(metric.initial(first), yTrue, first);
      const restored = state.map((tensor) =>
        tf.tensor(tensor.dataSync().slice(), tensor.shape, tensor.dtype),
      );
      const wanted = numbers(metric.result(metric.update(state, yTrue, second)));
      expect(numbers(metric.result(metric.update(restored, yTrue, second))), metric.name).toEqual(wanted);
    });
  }
  expect(stateful.length).toBeGreaterThan(10);
});

test('an update makes new tensors of the same shapes, leaves the old values, and nothing else behind', () => {
  for (const metric of stateful) {
    const yTrue = tf.tensor2d(
      [
        [1, 0],
        [0, 1],
      ],
      undefined,
      'int32',
    );
    const [yPred, weights] = [
      tf.tensor2d([
        [0.9, 0.2],
        [0.6, 0.5],
      ]),
      tf.tensor1d([1, 2], 'int32'),
    ];
    const state = metric.initial(yPred);
    const before = tf.memory().numTensors;
    const next = metric.update(state, yTrue, yPred, weights);
    expect(tf.memory().numTensors, metric.name).toBe(before + next.length);
    expect(
      next.map(({ shape }) => shape),
      metric.name,
    ).toEqual(state.map(({ shape }) => shape));
    expect(
      state.flatMap(numbers).every((value) => value === 0),
      metric.name,
    ).toBe(true);
    expect(next.some((tensor) => state.includes(tensor))).toBe(false);
    const result = metric.result(next);
    expect(tf.memory().numTensors, metric.name).toBe(before + next.length + 1);
    expect(next.some((tensor) => tensor.isDisposed)).toBe(false);
    result.dispose();
    expect(next.some((tensor) => tensor.isDisposed)).toBe(false);
    tf.dispose([yTrue, yPred, weights, ...state, ...next]);
  }
});

test('a mean metric leaves nothing behind but its values', () => {
  for (const metric of names.map(made)) {
    if (!('values' in metric)) continue;
    const yTrue = metric.name.startsWith('sparse')
      ? tf.tensor1d([0, 1])
      : tf.tensor2d([
          [1, 0],
          [0, 1],
        ]);
    const yPred = tf.tensor2d([
      [0.9, 0.2],
      [0.6, 0.5],
    ]);
    const before = tf.memory().numTensors;
    const values = metric.values(yTrue, yPred);
    expect(tf.memory().numTensors, metric.name).toBe(before + 1);
    tf.dispose([yTrue, yPred, values]);
  }
});

test('class scores need predictions of two axes', () => {
  for (const name of ['F1Score', 'R2Score'] as const) {
    const metric = getMetric(name) as StatefulMetric;
    expect(() => metric.initial(tf.zeros([2, 3, 4])), name).toThrow(/KEEPFIT_INVALID_DATA.*\[2,3,4\]/);
  }
  expect(() =>
    precision({ classId: 3 }).update([tf.zeros([1]), tf.zeros([1])], tf.zeros([2, 3]), tf.zeros([2, 3])),
  ).toThrow(/classId 3/);
});
