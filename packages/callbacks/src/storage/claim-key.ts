import type { CheckpointStore } from '../contract/checkpoint-store.js';
import { KeepfitError } from '../contract/keepfit-error.js';

/** The keys in use of each store object; forgotten with the store. */
const taken = new WeakMap<CheckpointStore, Set<string>>();

/**
 * Takes a key of a store for one backup of this process, and returns what gives it back. Also where the store has no locks, the same
 * backup given twice must not be written by two.
 *
 * @throws KEEPFIT_STORE_LOCKED
 */
export function claimKey(store: CheckpointStore, key: string): () => void {
  const keys = taken.get(store) ?? new Set();
  if (keys.has(key)) {
    throw new KeepfitError(
      'KEEPFIT_STORE_LOCKED',
      `the backup "${key}" of this store is in use by another BackupAndRestore of this process; give each its own name`,
    );
  }
  taken.set(store, keys.add(key));
  return () => void keys.delete(key);
}
