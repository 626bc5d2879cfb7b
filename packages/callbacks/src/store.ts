/**
 * For authors of stores: the contract, its errors, and helpers that stores share. `./testing` has the kit
 * that tests a store.
 */
export { checkKey, isKey } from './checks/check-key.js';
export { isKeepfitError, KeepfitError } from './contract/keepfit-error.js';
export { acquireWebLock, createWebLocks } from './storage/acquire-web-lock.js';
export { withStorageErrors } from './storage/with-storage-errors.js';

export type {
  CheckpointContent,
  CheckpointParts,
  CheckpointStore,
  PartReader,
  StoreCondition,
  StoredCheckpoint,
  StoreLock,
  StoreSupports,
} from './contract/checkpoint-store.js';
export type { KeepfitErrorCode } from './contract/keepfit-error.js';
export type { OutputSink } from './contract/output-sink.js';
export type { WebLocks } from './storage/acquire-web-lock.js';
