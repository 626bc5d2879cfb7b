/**
 * For people who train: Keras' callbacks, among them `BackupAndRestore`, and the base for your own callbacks.
 */
export { BackupAndRestore } from './backup/backup-and-restore.js';
export { exportCheckpoint } from './backup/export-checkpoint.js';
export { importCheckpoint } from './backup/import-checkpoint.js';
export { Callback } from './callbacks/callback.js';
export { CallbackList } from './callbacks/callback-list.js';
export { CSVLogger } from './callbacks/csv-logger.js';
export { EarlyStopping } from './callbacks/early-stopping.js';
export { History } from './callbacks/history.js';
export { LambdaCallback } from './callbacks/lambda-callback.js';
export { LearningRateScheduler } from './callbacks/learning-rate-scheduler.js';
export { ModelCheckpoint } from './callbacks/model-checkpoint.js';
export { ReduceLROnPlateau } from './callbacks/reduce-lr-on-plateau.js';
export { RemoteMonitor } from './callbacks/remote-monitor.js';
export { SwapEMAWeights } from './callbacks/swap-ema-weights.js';
export { TerminateOnNaN } from './callbacks/terminate-on-nan.js';
export { isKeepfitError, KeepfitError } from './contract/keepfit-error.js';
export { ProgbarLogger } from './progress/progbar-logger.js';
export { persistStorage } from './storage/site-storage.js';
export { getStorageRoom } from './storage/site-storage.js';

export type {
  BackupAndRestoreOptions,
  BackupSummary,
  MismatchDecision,
} from './backup/backup-and-restore-options.js';
export type { SaveFreq } from './backup/backup-schedule.js';
export type { CSVLoggerOptions } from './callbacks/csv-logger.js';
export type { EarlyStoppingOptions } from './callbacks/early-stopping.js';
export type { LambdaCallbackOptions } from './callbacks/lambda-callback.js';
export type {
  LearningRateSchedule,
  LearningRateSchedulerOptions,
} from './callbacks/learning-rate-scheduler.js';
export type { ModelCheckpointOptions } from './callbacks/model-checkpoint-options.js';
export type { MonitorMode } from './callbacks/monitor.js';
export type { ReduceLROnPlateauOptions } from './callbacks/reduce-lr-on-plateau.js';
export type { MonitorFetch, MonitorRequest, MonitorResponse } from './callbacks/post-event.js';
export type { RemoteMonitorOptions } from './callbacks/remote-monitor.js';
export type { SwapEMAWeightsOptions } from './callbacks/swap-ema-weights.js';
export type { TerminateOnNaNOptions } from './callbacks/terminate-on-nan.js';
export type {
  CallbackHooks,
  CallbackParams,
  HookName,
  PredictBatchLogs,
  Verbosity,
} from './contract/callback-hooks.js';
export type { CheckpointStore } from './contract/checkpoint-store.js';
export type { KeepfitErrorCode } from './contract/keepfit-error.js';
export type { BeginLogs, Logs, LogValues } from './contract/logs.js';
export type {
  DataLike,
  ModelBatches,
  ModelData,
  ModelEvaluateOptions,
  ModelPredictOptions,
  NestedArray,
  ShapedData,
  TensorLike,
  TensorValues,
  WeightValues,
} from './contract/model-data.js';
export type { OutputSink } from './contract/output-sink.js';
export type {
  Capture,
  CaptureEntry,
  DType,
  SavedTensor,
  SavedTraining,
  StateArray,
  StateRecord,
  StateValue,
  TrainingCapture,
  TrainingProgress,
  TrainingState,
  Verification,
} from './contract/state.js';
export type {
  BackupRequestOptions,
  Difference,
  NamedOptimizerView,
  OptimizerView,
  TrainerView,
  TrainingHistory,
} from './contract/trainer-view.js';
export type { ProgbarLoggerOptions } from './progress/progbar-logger.js';
export type { ProgressOutput } from './progress/progress-display.js';
export type { StorageRoom } from './storage/site-storage.js';
