/** For readers and writers of checkpoint files. */
export { crc32 } from './format/crc32.js';
export { decodeCheckpoint } from './format/decode-checkpoint.js';
export { encodeCheckpoint } from './format/encode-checkpoint.js';
export { ITEM_TYPES } from './format/item-type.js';
export { readSafetensors } from './format/read-safetensors.js';
export { savedProgress } from './format/saved-progress.js';

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
} from './contract/state.js';
export type { CheckpointHeader } from './format/checkpoint-header.js';
export type { CheckpointLimits } from './format/checkpoint-limits.js';
export type { ItemType } from './format/item-type.js';
export type { SafetensorsFile } from './format/read-safetensors.js';
