export { BackupAndRestore } from './backup-and-restore.js';
export { Callback } from './callback.js';
export { CallbackList } from './callback-list.js';
export { checkKey } from './check-key.js';
export { checkOptions, isBoolean, isCount, isPositiveInteger } from './check-options.js';
export { CSVLogger } from './csv-logger.js';
export { EarlyStopping } from './early-stopping.js';
export { exportCheckpoint } from './export-checkpoint.js';
export { crc32 } from './format/crc32.js';
export { decodeCheckpoint } from './format/decode-checkpoint.js';
export { encodeCheckpoint } from './format/encode-checkpoint.js';
export { ITEM_TYPES } from './format/item-type.js';
export { readSafetensors } from './format/read-safetensors.js';
export { History } from './history.js';
export { importCheckpoint } from './import-checkpoint.js';
export { isKeepfitError, KeepfitError } from './keepfit-error.js';
export { LambdaCallback } from './lambda-callback.js';
export { LearningRateScheduler } from './learning-rate-scheduler.js';
export { ModelCheckpoint } from './model-checkpoint.js';
export { persistStorage } from './persist-storage.js';
export { ProgbarLogger } from './progbar-logger.js';
export { ReduceLROnPlateau } from './reduce-lr-on-plateau.js';
export { RemoteMonitor } from './remote-monitor.js';
export { savedProgress } from './saved-progress.js';
export { shown } from './shown.js';
export { storageRoom } from './storage-room.js';
export { SwapEMAWeights } from './swap-ema-weights.js';
export { takeWebLock } from './take-web-lock.js';
export { TerminateOnNaN } from './terminate-on-nan.js';
export { withStorageErrors } from './with-storage-errors.js';

export type { BackupAndRestoreOptions, MismatchDecision } from './backup-and-restore-options.js';
export type { BackupSummary } from './backup-summary.js';
export type {
  CallbackHooks,
  CallbackParams,
  HookName,
  Logs,
  PredictBatchLogs,
  Verbosity,
} from './callback-hooks.js';
export type { OwnedState } from './callback-list.js';
export type {
  Capture,
  CaptureEntry,
  DType,
  SavedTensor,
  SavedTraining,
  TrainingCapture,
  TrainingProgress,
  TrainingState,
} from './capture.js';
export type { OptionRule, OptionRules } from './check-options.js';
export type {
  CheckpointContent,
  CheckpointParts,
  CheckpointStore,
  SetCondition,
  StoreLock,
  StoreSupports,
  StoredCheckpoint,
} from './checkpoint-store.js';
export type { CSVLoggerOptions } from './csv-logger.js';
export type { EarlyStoppingOptions } from './early-stopping.js';
export type { CheckpointHeader } from './format/checkpoint-header.js';
export type { CheckpointLimits } from './format/checkpoint-limits.js';
export type { ItemType } from './format/item-type.js';
export type { SafetensorsFile } from './format/read-safetensors.js';
export type { KeepfitErrorCode } from './keepfit-error.js';
export type { LambdaCallbackOptions } from './lambda-callback.js';
export type { LearningRateSchedule, LearningRateSchedulerOptions } from './learning-rate-scheduler.js';
export type { ModelCheckpointOptions } from './model-checkpoint.js';
export type { MonitorMode } from './monitor.js';
export type { OutputSink } from './output-sink.js';
export type { ProgbarLoggerOptions } from './progbar-logger.js';
export type { ProgressOutput } from './progress-output.js';
export type { ReduceLROnPlateauOptions } from './reduce-lr-on-plateau.js';
export type {
  MonitorFetch,
  MonitorRequest,
  MonitorResponse,
  RemoteMonitorOptions,
} from './remote-monitor.js';
export type { StateArray, StateRecord, StateValue } from './state-value.js';
export type { SwapEMAWeightsOptions } from './swap-ema-weights.js';
export type { StorageRoom } from './storage-room.js';
export type { Difference, TrainerView } from './trainer-view.js';
