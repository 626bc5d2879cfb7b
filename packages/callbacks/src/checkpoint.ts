/** For readers and writers of checkpoint files. */
export { crc32 } from './format/crc32.js';
export { decodeCheckpoint, decodeSafetensors } from './format/decode-checkpoint.js';
export { encodeCheckpoint } from './format/encode-checkpoint.js';
export { encodeSafetensors } from './format/encode-safetensors.js';
export { ITEM_TYPES } from './format/item-types.js';
export {
  FILE_START,
  getHeaderLength,
  readSafetensors,
  readSafetensorsHeader,
} from './format/read-safetensors.js';
export { readProgress } from './format/read-progress.js';

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
export type { CheckpointHeader } from './format/checkpoint-layout.js';
export type { CheckpointLimits } from './format/checkpoint-limits.js';
export type { ItemType } from './format/item-types.js';
export type { SafetensorsFile, SafetensorsHeader, TensorPlace } from './format/read-safetensors.js';
