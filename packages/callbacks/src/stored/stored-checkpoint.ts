import { checkKey } from '../checks/check-key.js';
import { checkStore } from '../checks/check-options.js';
import type { CheckpointStore } from '../contract/checkpoint-store.js';
import { KeepfitError } from '../contract/keepfit-error.js';
import type { CaptureEntry, StateRecord } from '../contract/state.js';
import { encodeCheckpoint } from '../format/encode-checkpoint.js';
import { checkRoom } from '../storage/check-room.js';
import { formatStore } from '../storage/checked-store.js';
import { claimKey } from '../storage/claim-key.js';
import { StoreLocks } from '../storage/store-locks.js';
import { StoreWait } from '../storage/store-wait.js';
import { version as library } from '../version.js';
import { type LoadedCheckpoint, readCheckpoints, reportDamage } from './read-checkpoints.js';

const MOST_LISTED = 10;

/** @throws KEEPFIT_INVALID_OPTION when the store or the key that `caller` was given is not valid. */
function checkPlace(caller: string, store: CheckpointStore, key: string): void {
  checkStore(caller, store);
  checkKey(key, `the key of ${caller}`);
}

/** A checkpoint in messages. */
export function formatCheckpoint(store: CheckpointStore, key: string): string {
  return `the checkpoint "${key}" of ${formatStore(store)}`;
}

/**
 * Reads what `ModelCheckpoint` or `BackupAndRestore` wrote under a key. Of two that `doubleCheckpoint` keeps, it takes
 * the newest that passes every check.
 *
 * @param caller The function that was called, for messages.
 * @throws KEEPFIT_INVALID_OPTION when the store or the key is not valid.
 * @throws KEEPFIT_CHECKPOINT_MISSING when the store has no such key.
 * @throws KEEPFIT_CHECKPOINT_CORRUPT when no checkpoint passes every check.
 * @throws KEEPFIT_CHECKPOINT_VERSION when a newer keepfit wrote it.
 */
export async function loadCheckpoint(
  caller: string,
  store: CheckpointStore,
  key: string,
): Promise<LoadedCheckpoint> {
  checkPlace(caller, store, key);
  const wait = new StoreWait(store);
  const found = await wait.during(readCheckpoints(wait.store, key));
  reportDamage(found);
  if (found.newest !== undefined) return found.newest;
  throw new KeepfitError(
    'KEEPFIT_CHECKPOINT_MISSING',
    `${caller} found nothing under "${key}" in ${formatStore(store)}. ${await describeKeys(wait)}`,
  );
}

/** A store that cannot list its keys, or may not, must not hide that one of them is missing. */
async function describeKeys(wait: StoreWait): Promise<string> {
  try {
    const keys = (await wait.during(wait.store.keys())).sort();
    const more = keys.length > MOST_LISTED ? `, and ${keys.length - MOST_LISTED} more` : '';
    return `Its keys are: ${keys.slice(0, MOST_LISTED).join(', ') || 'none'}${more}`;
  } catch {
    return 'Its keys cannot be listed; check the key and the place of the store';
  }
}

/**
 * Writes a checkpoint under a key, as a whole or not at all. If the store has locks, nobody else may use the key.
 *
 * @param caller The function that was called, for messages and as the run that wrote it.
 * @throws KEEPFIT_INVALID_OPTION when the store or the key is not valid.
 * @throws KEEPFIT_STORE_LOCKED when a training uses the key.
 * @throws KEEPFIT_STORE_FULL when the store cannot take it.
 */
export async function saveCheckpoint(
  caller: string,
  store: CheckpointStore,
  key: string,
  training: { readonly entries: readonly CaptureEntry[]; readonly state: StateRecord },
): Promise<void> {
  checkPlace(caller, store, key);
  const savedAt = new Date().toISOString();
  const content = encodeCheckpoint(training, { runId: caller, generation: 1, savedAt, library });
  checkRoom(store, content.byteLength);
  const wait = new StoreWait(store);
  const unclaim = claimKey(store, key);
  try {
    const release = store.supports.locking ? await new StoreLocks(wait).acquire(key) : undefined;
    try {
      await wait.during(wait.store.set(key, content));
    } finally {
      await release?.();
    }
  } finally {
    unclaim();
  }
}
