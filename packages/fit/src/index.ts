export { registerGradients } from './backend/register-gradients.js';
export { binaryCrossentropy } from './losses/binary-crossentropy.js';
export { binaryFocalCrossentropy } from './losses/binary-focal-crossentropy.js';
export { categoricalCrossentropy } from './losses/categorical-crossentropy.js';
export { categoricalFocalCrossentropy } from './losses/categorical-focal-crossentropy.js';
export { categoricalGeneralizedCrossEntropy } from './losses/categorical-generalized-cross-entropy.js';
export { categoricalHinge } from './losses/categorical-hinge.js';
export { cosineSimilarity } from './losses/cosine-similarity.js';
export { dice } from './losses/dice.js';
export { hinge } from './losses/hinge.js';
export { huber } from './losses/huber.js';
export { klDivergence } from './losses/kl-divergence.js';
export { logCosh } from './losses/log-cosh.js';
export { getLoss } from './losses/get-loss.js';
export { meanAbsoluteError } from './losses/mean-absolute-error.js';
export { meanAbsolutePercentageError } from './losses/mean-absolute-percentage-error.js';
export { meanSquaredError } from './losses/mean-squared-error.js';
export { meanSquaredLogarithmicError } from './losses/mean-squared-logarithmic-error.js';
export { poisson } from './losses/poisson.js';
export { sparseCategoricalCrossentropy } from './losses/sparse-categorical-crossentropy.js';
export { squaredHinge } from './losses/squared-hinge.js';
export { tversky } from './losses/tversky.js';
export { weightedMean } from './losses/weighted-mean.js';
export { accuracy } from './metrics/accuracy.js';
export { auc } from './metrics/auc.js';
export { binaryAccuracy } from './metrics/binary-accuracy.js';
export { categoricalAccuracy } from './metrics/categorical-accuracy.js';
export { fBetaScore } from './metrics/f-beta-score.js';
export { f1Score } from './metrics/f1-score.js';
export { falseNegatives } from './metrics/false-negatives.js';
export { falsePositives } from './metrics/false-positives.js';
export { meanMetric } from './metrics/mean-metric.js';
export { getMetric } from './metrics/get-metric.js';
export { precisionAtRecall } from './metrics/precision-at-recall.js';
export { precision } from './metrics/precision.js';
export { r2Score } from './metrics/r2-score.js';
export { recallAtPrecision } from './metrics/recall-at-precision.js';
export { recall } from './metrics/recall.js';
export { rootMeanSquaredError } from './metrics/root-mean-squared-error.js';
export { sensitivityAtSpecificity } from './metrics/sensitivity-at-specificity.js';
export { sparseCategoricalAccuracy } from './metrics/sparse-categorical-accuracy.js';
export { sparseTopKCategoricalAccuracy } from './metrics/sparse-top-k-categorical-accuracy.js';
export { specificityAtSensitivity } from './metrics/specificity-at-sensitivity.js';
export { topKCategoricalAccuracy } from './metrics/top-k-categorical-accuracy.js';
export { trueNegatives } from './metrics/true-negatives.js';
export { truePositives } from './metrics/true-positives.js';
export { untilHidden } from './preemption/until-hidden.js';
export { untilSignal } from './preemption/until-signal.js';
export { seeded } from './random/seeded.js';
export { replaceKernels } from './backend/replace-kernels.js';
export { Trainer } from './trainer.js';
export { useBackend } from './backend/use-backend.js';

export type { Backend } from './contract/backend.js';
export type { Arrays } from './data/array-data.js';
export type { ArrayLike, DataArray, ShapedData } from './data/host-array.js';
export type {
  BatchData,
  BatchFactory,
  Batches,
  DataBatch,
  DatasetLike,
  SeekableBatches,
} from './data/batch-data.js';
export type { ClassWeight } from './data/class-weights.js';
export type {
  EvaluateOptions,
  FitOptions,
  OneBatchOptions,
  PredictOptions,
  ValidationData,
} from './fit-options.js';
export type { LossOption, MetricOption, ObjectiveOptions } from './objective/output-plan.js';
export type { LossFunction } from './contract/loss.js';
export type { BinaryCrossentropyOptions } from './losses/binary-crossentropy.js';
export type { BinaryFocalCrossentropyOptions } from './losses/binary-focal-crossentropy.js';
export type { CategoricalCrossentropyOptions } from './losses/categorical-crossentropy.js';
export type { CategoricalFocalCrossentropyOptions } from './losses/categorical-focal-crossentropy.js';
export type { CategoricalGeneralizedCrossEntropyOptions } from './losses/categorical-generalized-cross-entropy.js';
export type { CosineSimilarityOptions } from './losses/cosine-similarity.js';
export type { DiceOptions } from './losses/dice.js';
export type { HuberOptions } from './losses/huber.js';
export type { SparseCategoricalCrossentropyOptions } from './losses/sparse-categorical-crossentropy.js';
export type { TverskyOptions } from './losses/tversky.js';
export type { MeanMetric, Metric, MetricDirection, StatefulMetric } from './contract/metric.js';
export type { AucOptions } from './metrics/auc.js';
export type { BinaryAccuracyOptions } from './metrics/binary-accuracy.js';
export type { FBetaScoreOptions } from './metrics/f-beta-score.js';
export type { F1ScoreOptions } from './metrics/f1-score.js';
export type { MetricOptions } from './metrics/metric-options.js';
export type { PrecisionAtRecallOptions } from './metrics/precision-at-recall.js';
export type { R2ScoreOptions } from './metrics/r2-score.js';
export type { RecallAtPrecisionOptions } from './metrics/recall-at-precision.js';
export type { SensitivityAtSpecificityOptions } from './metrics/sensitivity-at-specificity.js';
export type { SparseTopKCategoricalAccuracyOptions } from './metrics/sparse-top-k-categorical-accuracy.js';
export type { SpecificityAtSensitivityOptions } from './metrics/specificity-at-sensitivity.js';
export type { TopKCategoricalAccuracyOptions } from './metrics/top-k-categorical-accuracy.js';
export type { Model, NamedState, NamedWeight } from './contract/model.js';
export type { TrainerOptions } from './trainer.js';
