export { fingerprintMath } from './backend/fingerprint-math.js';
export { registerGradients } from './backend/register-gradients.js';
export { replaceKernels } from './backend/replace-kernels.js';
export { useBackend } from './backend/use-backend.js';
export { untilHidden } from './preemption/until-hidden.js';
export { untilSignal } from './preemption/until-signal.js';
export { seeded } from './random/seeded.js';
export { Trainer } from './trainer-with-names.js';

export type { ShapedData } from '@keepfit/callbacks';
export type { OptimizerState } from '@keepfit/optimizers';
export type { Backend } from './contract/backend.js';
export type { CallPlan, PlannedCall, PlanRun, PreparedCalls } from './contract/call-plan.js';
export type { Engine } from './contract/engine.js';
export type { LoadedWeights, LoadWeightsOptions, WeightMismatch } from './contract/loaded-weights.js';
export type { LossFunction, Reduction } from './contract/loss.js';
export type { MeanMetric, Metric, MetricDirection, StatefulMetric } from './contract/metric.js';
export type { Model, ModelRecording, NamedState, NamedWeight } from './contract/model.js';
export type { Arrays, SampleWeights } from './data/array-data.js';
export type {
  BatchData,
  BatchContext,
  BatchFactory,
  Batches,
  DataBatch,
  DatasetLike,
  SeekableBatches,
} from './data/batch-data.js';
export type { ClassWeight, ClassWeights } from './data/class-weights.js';
export type { ValidationData } from './data/fit-data.js';
export type { ArrayLike, DataArray } from './data/host-array.js';
export type {
  EvaluateArguments,
  EvaluateOptions,
  FitArguments,
  FitOptions,
  FreeFitOptions,
  OneBatchOptions,
  PredictOptions,
} from './options/fit-options.js';
export type { MetricName } from './keras-names.js';
export type { LossName } from './losses/get-loss.js';
export type { OptimizerName } from './optimizer/get-optimizer.js';
export type { WeightSelection } from './optimizer/select-weights.js';
export type { Phase, PhaseContext, PhaseResult, StepLogs, TrainStepContext } from './steps/custom-options.js';
export type { StepBatch } from './steps/step-batch.js';
export type { StepRandom } from './steps/step-random.js';
export type {
  LossOption,
  MetricOption,
  ObjectiveOptions,
  OwnStepTrainerOptions,
  PhasedTrainerOptions,
  TrainerOptions,
} from './trainer-with-names.js';
