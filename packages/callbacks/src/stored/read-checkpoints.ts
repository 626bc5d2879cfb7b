import { printWarning } from '../contract/print.js';
import type { CheckpointStore, StoredCheckpoint } from '../contract/checkpoint-store.js';
import { isKeepfitError, KeepfitError } from '../contract/keepfit-error.js';
import type { SavedTraining } from '../contract/state.js';
import type { CheckpointHeader } from '../format/checkpoint-layout.js';
import { crc32 } from '../format/crc32.js';
import { decodeSafetensors } from '../format/decode-checkpoint.js';
import { isWeightsOnly } from '../format/read-progress.js';
import { readSafetensors } from '../format/read-safetensors.js';

/** The suffix of the key of the second checkpoint that `doubleCheckpoint` keeps. */
export const SECOND_SUFFIX = '.2';

/** A checkpoint that passed every check of the format. */
export interface LoadedCheckpoint {
  readonly key: string;
  readonly header: CheckpointHeader;
  readonly training: SavedTraining;
  /** The whole file. The tensors are views of it. */
  readonly bytes: Uint8Array;
}

/** A checkpoint that did not pass a check. */
interface Damage {
  readonly key: string;
  readonly error: unknown;
}

/** What is stored under the one or two keys of a backup. */
export interface FoundCheckpoints {
  /** Of each key: undefined if nothing of this backup is stored there. */
  readonly versions: ReadonlyMap<string, string | undefined>;
  /** Of those that passed every check. */
  readonly newest: LoadedCheckpoint | undefined;
  readonly damaged: readonly Damage[];
  /** Whether the second key holds a model, which is not of this backup. */
  readonly isSecondTaken: boolean;
}

/**
 * Reads the checkpoint under a key, and the second one that `doubleCheckpoint` keeps beside it. A model that
 * `ModelCheckpoint` wrote under the second key is another one, as are weights alone under either.
 *
 * @param store A checked one: see `createCheckedStore`.
 */
export async function readCheckpoints(store: CheckpointStore, key: string): Promise<FoundCheckpoints> {
  const versions = new Map<string, string | undefined>();
  const damaged: Damage[] = [];
  let newest: LoadedCheckpoint | undefined;
  let isSecondTaken = false;
  for (const at of listKeys(key)) {
    const stored = await store.get(at);
    versions.set(at, stored?.version);
    if (stored === undefined) continue;
    try {
      const loaded = { key: at, bytes: stored.bytes, ...decodeStored(stored) };
      if (at !== key && !isSecondOf(newest, loaded)) {
        versions.set(at, undefined);
        isSecondTaken = true;
      } else if (newest === undefined || loaded.header.generation > newest.header.generation) newest = loaded;
    } catch (error) {
      damaged.push({ key: at, error });
    }
  }
  return { versions, newest, damaged, isSecondTaken };
}

/** Does the same as `decodeCheckpoint`, with the checksums that the store has computed. */
function decodeStored({ bytes, getChecksum }: StoredCheckpoint): ReturnType<typeof decodeSafetensors> {
  const getSum = (tensor: Uint8Array): number => {
    const from = tensor.byteOffset - bytes.byteOffset;
    // A tensor that was not aligned is a copy.
    const isView = tensor.buffer === bytes.buffer;
    return isView && getChecksum ? getChecksum(from, from + tensor.byteLength) : crc32(tensor);
  };
  return decodeSafetensors(readSafetensors(bytes), undefined, getSum);
}

function listKeys(key: string): string[] {
  return key.endsWith(SECOND_SUFFIX) ? [key] : [key, key + SECOND_SUFFIX];
}

/** Whether two checkpoints belong to one backup. A damaged first one is undefined. */
function isSecondOf(first: LoadedCheckpoint | undefined, second: LoadedCheckpoint): boolean {
  if (first !== undefined && isWeightsOnly(first.training)) return false;
  return !isWeightsOnly(second.training) && !isOfModelCheckpoint(second.header);
}

/** Whether `ModelCheckpoint` wrote a checkpoint. A backup that continues from it has a run of its own. */
export function isOfModelCheckpoint({ runId }: CheckpointHeader): boolean {
  return runId.startsWith('ModelCheckpoint');
}

/**
 * Warns if a damaged checkpoint was skipped.
 *
 * @throws KEEPFIT_CHECKPOINT_CORRUPT when there are only damaged ones.
 * @throws KEEPFIT_CHECKPOINT_VERSION when none can be read and a newer keepfit wrote one of them.
 */
export function reportDamage({ newest, damaged }: FoundCheckpoints): void {
  if (damaged.length === 0) return;
  const found = damaged
    .map(({ key, error }) => `"${key}": ${error instanceof Error ? error.message : String(error)}`)
    .join('; ');
  if (newest !== undefined) {
    printWarning(
      `keepfit: the checkpoint "${newest.key}" of ${newest.header.savedAt} is used because another cannot be read: ${found}`,
    );
    return;
  }
  // After an update keepfit can read this one, even if the other is damaged.
  const newer = damaged.find(
    ({ error }) => isKeepfitError(error) && error.code === 'KEEPFIT_CHECKPOINT_VERSION',
  );
  if (newer !== undefined) throw newer.error;
  throw new KeepfitError(
    'KEEPFIT_CHECKPOINT_CORRUPT',
    `no checkpoint can be read (${found}). Nothing was changed. Restore a good copy, or delete the checkpoint from the store to start over`,
    { cause: damaged[0]?.error },
  );
}
