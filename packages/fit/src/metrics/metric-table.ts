import { binaryCrossentropy } from '../losses/binary-crossentropy.js';
import { categoricalCrossentropy } from '../losses/categorical-crossentropy.js';
import { categoricalHinge } from '../losses/categorical-hinge.js';
import { hinge } from '../losses/hinge.js';
import { klDivergence } from '../losses/kl-divergence.js';
import { logCosh } from '../losses/log-cosh.js';
import { meanAbsoluteError } from '../losses/mean-absolute-error.js';
import { meanAbsolutePercentageError } from '../losses/mean-absolute-percentage-error.js';
import { meanSquaredError } from '../losses/mean-squared-error.js';
import { meanSquaredLogarithmicError } from '../losses/mean-squared-logarithmic-error.js';
import { poisson } from '../losses/poisson.js';
import { sparseCategoricalCrossentropy } from '../losses/sparse-categorical-crossentropy.js';
import { squaredHinge } from '../losses/squared-hinge.js';
import type { Metric } from '../contract/metric.js';
import { auc } from './auc.js';
import { binaryAccuracy } from './binary-accuracy.js';
import { categoricalAccuracy } from './categorical-accuracy.js';
import { cosineMetric } from './cosine-metric.js';
import { f1Score } from './f1-score.js';
import { fBetaScore } from './f-beta-score.js';
import { falseNegatives } from './false-negatives.js';
import { falsePositives } from './false-positives.js';
import { lossMetric } from './loss-metric.js';
import { precision } from './precision.js';
import { precisionAtRecall } from './precision-at-recall.js';
import { r2Score } from './r2-score.js';
import { recall } from './recall.js';
import { recallAtPrecision } from './recall-at-precision.js';
import { rootMeanSquaredError } from './root-mean-squared-error.js';
import { sensitivityAtSpecificity } from './sensitivity-at-specificity.js';
import { sparseCategoricalAccuracy } from './sparse-categorical-accuracy.js';
import { sparseTopKCategoricalAccuracy } from './sparse-top-k-categorical-accuracy.js';
import { specificityAtSensitivity } from './specificity-at-sensitivity.js';
import { topKCategoricalAccuracy } from './top-k-categorical-accuracy.js';
import { trueNegatives } from './true-negatives.js';
import { truePositives } from './true-positives.js';

/** Every metric by Keras' class in snake case. Each factory checks its own options. Which 'accuracy' is meant, shapes decide. */
export const metricTable = {
  auc,
  binary_accuracy: binaryAccuracy,
  binary_crossentropy: (options: object) => lossMetric('binary_crossentropy', binaryCrossentropy, options),
  categorical_accuracy: categoricalAccuracy,
  categorical_crossentropy: (options: object) =>
    lossMetric('categorical_crossentropy', categoricalCrossentropy, options),
  categorical_hinge: (options: object) => lossMetric('categorical_hinge', categoricalHinge, options),
  cosine_similarity: cosineMetric,
  f1_score: f1Score,
  false_negatives: falseNegatives,
  false_positives: falsePositives,
  fbeta_score: fBetaScore,
  hinge: (options: object) => lossMetric('hinge', hinge, options),
  kl_divergence: (options: object) => lossMetric('kl_divergence', klDivergence, options),
  log_cosh_error: (options: object) => lossMetric('logcosh', logCosh, options),
  mean_absolute_error: (options: object) => lossMetric('mean_absolute_error', meanAbsoluteError, options),
  mean_absolute_percentage_error: (options: object) =>
    lossMetric('mean_absolute_percentage_error', meanAbsolutePercentageError, options),
  mean_squared_error: (options: object) => lossMetric('mean_squared_error', meanSquaredError, options),
  mean_squared_logarithmic_error: (options: object) =>
    lossMetric('mean_squared_logarithmic_error', meanSquaredLogarithmicError, options),
  poisson: (options: object) => lossMetric('poisson', poisson, options),
  precision,
  precision_at_recall: precisionAtRecall,
  r2_score: r2Score,
  recall,
  recall_at_precision: recallAtPrecision,
  root_mean_squared_error: rootMeanSquaredError,
  sensitivity_at_specificity: sensitivityAtSpecificity,
  sparse_categorical_accuracy: sparseCategoricalAccuracy,
  sparse_categorical_crossentropy: (options: object) =>
    lossMetric('sparse_categorical_crossentropy', sparseCategoricalCrossentropy, options),
  sparse_top_k_categorical_accuracy: sparseTopKCategoricalAccuracy,
  specificity_at_sensitivity: specificityAtSensitivity,
  squared_hinge: (options: object) => lossMetric('squared_hinge', squaredHinge, options),
  top_k_categorical_accuracy: topKCategoricalAccuracy,
  true_negatives: trueNegatives,
  true_positives: truePositives,
} as const satisfies Readonly<Record<string, (options: never) => Metric>>;
