import { checkOptions } from '@keepfit/callbacks/internal';
import * as tf from '@tensorflow/tfjs-core';
import type { LossFunction } from '../contract/loss.js';
import type { MeanMetric, Metric } from '../contract/metric.js';
import { binaryCrossentropy } from '../losses/binary-crossentropy.js';
import { categoricalCrossentropy } from '../losses/categorical-crossentropy.js';
import { categoricalHinge } from '../losses/categorical-hinge.js';
import { cosineSimilarity, type CosineSimilarityOptions } from '../losses/cosine-similarity.js';
import { hinge } from '../losses/hinge.js';
import { klDivergence } from '../losses/kl-divergence.js';
import { logCosh } from '../losses/log-cosh.js';
import { meanAbsoluteError } from '../losses/mean-absolute-error.js';
import { meanAbsolutePercentageError } from '../losses/mean-absolute-percentage-error.js';
import { meanSquaredError } from '../losses/mean-squared-error.js';
import { meanSquaredLogarithmicError } from '../losses/mean-squared-logarithmic-error.js';
import type { LossOptions } from '../losses/loss-options.js';
import { optionRules } from '../losses/option-rules.js';
import { poisson } from '../losses/poisson.js';
import { sparseCategoricalCrossentropy } from '../losses/sparse-categorical-crossentropy.js';
import { squaredHinge } from '../losses/squared-hinge.js';
import { auc } from './auc.js';
import { binaryAccuracy } from './binary-accuracy.js';
import { binaryIoU } from './binary-iou.js';
import { categoricalAccuracy } from './categorical-accuracy.js';
import { concordanceCorrelation } from './concordance-correlation.js';
import { fBetaScore } from './f-beta-score.js';
import { f1Score } from './f1-score.js';
import { falseNegatives } from './false-negatives.js';
import { falsePositives } from './false-positives.js';
import { iou } from './iou.js';
import { mean } from './mean.js';
import { meanIoU } from './mean-iou.js';
import { meanMetric } from './mean-metric.js';
import { type MetricOptions, withOptions } from './metric-options.js';
import { oneHotIoU } from './one-hot-iou.js';
import { oneHotMeanIoU } from './one-hot-mean-iou.js';
import { pearsonCorrelation } from './pearson-correlation.js';
import { precisionAtRecall } from './precision-at-recall.js';
import { precision } from './precision.js';
import { r2Score } from './r2-score.js';
import { recallAtPrecision } from './recall-at-precision.js';
import { recall } from './recall.js';
import { rootMeanSquaredError } from './root-mean-squared-error.js';
import { sensitivityAtSpecificity } from './sensitivity-at-specificity.js';
import { sparseCategoricalAccuracy } from './sparse-categorical-accuracy.js';
import { sparseTopKCategoricalAccuracy } from './sparse-top-k-categorical-accuracy.js';
import { specificityAtSensitivity } from './specificity-at-sensitivity.js';
import { sum } from './sum.js';
import { topKCategoricalAccuracy } from './top-k-categorical-accuracy.js';
import { trueNegatives } from './true-negatives.js';
import { truePositives } from './true-positives.js';

/**
 * Every metric by Keras' class in snake case. Each factory checks its own options. 'accuracy' is missing
 * because shapes decide which one is meant.
 */
export const metricTable = {
  auc,
  binary_accuracy: binaryAccuracy,
  binary_crossentropy: (options: object) =>
    createLossMetric('binary_crossentropy', binaryCrossentropy, options),
  binary_io_u: binaryIoU,
  categorical_accuracy: categoricalAccuracy,
  categorical_crossentropy: (options: object) =>
    createLossMetric('categorical_crossentropy', categoricalCrossentropy, options),
  categorical_hinge: (options: object) => createLossMetric('categorical_hinge', categoricalHinge, options),
  concordance_correlation: concordanceCorrelation,
  cosine_similarity: createCosineMetric,
  f1_score: f1Score,
  false_negatives: falseNegatives,
  false_positives: falsePositives,
  fbeta_score: fBetaScore,
  hinge: (options: object) => createLossMetric('hinge', hinge, options),
  io_u: iou,
  kl_divergence: (options: object) => createLossMetric('kl_divergence', klDivergence, options),
  log_cosh_error: (options: object) => createLossMetric('logcosh', logCosh, options),
  mean,
  mean_absolute_error: (options: object) =>
    createLossMetric('mean_absolute_error', meanAbsoluteError, options),
  mean_absolute_percentage_error: (options: object) =>
    createLossMetric('mean_absolute_percentage_error', meanAbsolutePercentageError, options),
  mean_io_u: meanIoU,
  mean_squared_error: (options: object) => createLossMetric('mean_squared_error', meanSquaredError, options),
  mean_squared_logarithmic_error: (options: object) =>
    createLossMetric('mean_squared_logarithmic_error', meanSquaredLogarithmicError, options),
  one_hot_io_u: oneHotIoU,
  one_hot_mean_io_u: oneHotMeanIoU,
  pearson_correlation: pearsonCorrelation,
  poisson: (options: object) => createLossMetric('poisson', poisson, options),
  precision,
  precision_at_recall: precisionAtRecall,
  r2_score: r2Score,
  recall,
  recall_at_precision: recallAtPrecision,
  root_mean_squared_error: rootMeanSquaredError,
  sensitivity_at_specificity: sensitivityAtSpecificity,
  sparse_categorical_accuracy: sparseCategoricalAccuracy,
  sparse_categorical_crossentropy: (options: object) =>
    createLossMetric('sparse_categorical_crossentropy', sparseCategoricalCrossentropy, options),
  sparse_top_k_categorical_accuracy: sparseTopKCategoricalAccuracy,
  specificity_at_sensitivity: specificityAtSensitivity,
  squared_hinge: (options: object) => createLossMetric('squared_hinge', squaredHinge, options),
  sum,
  top_k_categorical_accuracy: topKCategoricalAccuracy,
  true_negatives: trueNegatives,
  true_positives: truePositives,
} as const satisfies Readonly<Record<string, (options: never) => Metric>>;

/**
 * Creates the metric that is a loss's mean. It takes `name` and the loss's options but its reduction; the loss
 * checks them. As in Keras, ignored values count as 0 in it, and not at all if there are weights.
 */
function createLossMetric(
  defaultName: string,
  lossOf: (options?: never) => LossFunction,
  options: MetricOptions & LossOptions,
): MeanMetric {
  const { name = defaultName, reduction, ...rest } = options;
  checkMetricOptions(defaultName, name, reduction);
  const loss = lossOf(rest as never);
  return meanMetric(name, loss.unscaled ?? loss, 'min');
}

/**
 * Keras' CosineSimilarity as a metric: the cosine, 1 for vectors of the same direction. The loss is its
 * negative.
 */
function createCosineMetric(options: MetricOptions & CosineSimilarityOptions = {}): MeanMetric {
  const { name = 'cosine_similarity', reduction, ...rest } = options;
  checkMetricOptions('cosine_similarity', name, reduction);
  const negative = cosineSimilarity(rest);
  return withOptions(
    'cosineSimilarityMetric',
    { ...negative.config },
    meanMetric(name, (yTrue, yPred) => tf.tidy(() => tf.neg(negative(yTrue, yPred))), 'max'),
  );
}

/** A metric is a mean: a reduction would mean nothing, and is refused as an unknown option. */
function checkMetricOptions(owner: string, name: string, reduction: LossOptions['reduction']): void {
  const options = reduction === undefined ? { name } : { name, reduction };
  checkOptions<MetricOptions>(owner, options, { name: optionRules.text });
}
