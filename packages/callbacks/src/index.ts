export { Callback } from './callback.js';
export { checkKey } from './check-key.js';
export { History } from './history.js';
export { KeepfitError } from './keepfit-error.js';

export type { CallbackHooks, CallbackParams, Logs, PredictBatchLogs, Verbosity } from './callback-hooks.js';
export type { Capture, CaptureEntry, DType, SavedTensor, SavedTraining, TrainingCapture } from './capture.js';
export type { CheckpointContent, CheckpointStore, SetCondition, StoreLock, StoreSupports, StoredCheckpoint } from './checkpoint-store.js';
export type { KeepfitErrorCode } from './keepfit-error.js';
export type { StateArray, StateRecord, StateValue } from './state-value.js';
export type { Difference, TrainerView } from './trainer-view.js';
