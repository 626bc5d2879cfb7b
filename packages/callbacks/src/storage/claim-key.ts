import type { CheckpointStore } from '../contract/checkpoint-store.js';
import { KeepfitError } from '../contract/keepfit-error.js';

/** The keys in use per store object. The entry goes with the store. */
const claimedKeys = new WeakMap<CheckpointStore, Set<string>>();

/**
 * Claims a key of a store for one writer of this process, and returns a function that frees it. Guards stores
 * without locks: one key must not have two writers in a process.
 *
 * @throws KEEPFIT_STORE_LOCKED when the key is already claimed.
 */
export function claimKey(store: CheckpointStore, key: string): () => void {
  const keys = claimedKeys.get(store) ?? new Set();
  if (keys.has(key)) {
    throw new KeepfitError(
      'KEEPFIT_STORE_LOCKED',
      `the key "${key}" of this store is in use by another BackupAndRestore or ModelCheckpoint of this process; give each its own name or keyPattern`,
    );
  }
  claimedKeys.set(store, keys.add(key));
  return () => void keys.delete(key);
}
