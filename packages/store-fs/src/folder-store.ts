import { constants } from 'node:buffer';
import { checkKey, type CheckpointStore, KeepfitError } from '@keepfit/callbacks/store';
import { findKey, getCheckpointPath } from './folder/file-names.js';
import type { Folder } from './folder/folder.js';
import { syncFolder } from './folder/sync-folder.js';
import { HeldLocks } from './lock/held-locks.js';
import { checkOwnLock } from './lock/own-lock.js';
import { getErrorCode, undefinedIfMissing } from './system/file-errors.js';
import { readFile } from './system/read-file.js';
import { retryWhileBusy } from './system/retry-while-busy.js';
import type { SharedWriter } from './thread/shared-writer.js';
import { getVersion } from './write/recover-write.js';
import { writeCheckpoint } from './write/write-checkpoint.js';

/**
 * What this Node can hold in one buffer: 4 GiB on Node 20, more on later ones. The store writes nothing it
 * could not read back.
 */
const MAX_BYTES = constants.MAX_LENGTH;

/** The store in a folder. `writer` is the thread that writes while a training holds a lock. */
export function folderStore(folder: Folder, writer?: SharedWriter): CheckpointStore {
  const locks = new HeldLocks(folder, (key) => readVersion(folder, key));
  return {
    supports: { durable: true, fencing: true, locking: true, maxBytes: MAX_BYTES },

    async get(key) {
      const found = await readFile(folder.fs, getCheckpointPath(folder.path, checkKey(key)), MAX_BYTES);
      return found && { bytes: found.bytes, version: getVersion(found.stats) };
    },

    async set(key, content, condition) {
      checkKey(key);
      if (content.byteLength > MAX_BYTES) throw createTooLargeError(folder, key, content.byteLength);
      return locks.run(key, condition, (lock) =>
        writer === undefined
          ? writeCheckpoint(folder, key, content, { ...condition, lock })
          : writer.write(folder, key, content, { ...condition, lock }),
      );
    },

    delete: async (key) => locks.run(checkKey(key), undefined, (lock) => deleteCheckpoint(folder, key, lock)),

    keys: () => listKeys(folder),

    async lock(key) {
      const lock = await locks.acquire(checkKey(key));
      return writer?.keepAlive(lock) ?? lock;
    },
  };
}

/** The version of the checkpoint; null if there is none. */
async function readVersion({ fs, path }: Folder, key: string): Promise<string | null> {
  const stats = await undefinedIfMissing(() => fs.lstat(getCheckpointPath(path, key), { bigint: true }));
  return stats === undefined ? null : getVersion(stats);
}

/**
 * Unlinks the one file. It syncs the folder also if there was no file, because an earlier delete may have
 * failed at that.
 *
 * @param lock The uuid that the lock must have if there is a file.
 */
async function deleteCheckpoint(folder: Folder, key: string, lock: string | undefined): Promise<void> {
  const path = getCheckpointPath(folder.path, key);
  const unlink = () => undefinedIfMissing(() => folder.fs.unlink(path));
  const check = async () => {
    if (lock !== undefined && (await readVersion(folder, key)) !== null)
      await checkOwnLock(folder, key, lock);
  };
  await folder.commits.run(() => retryWhileBusy(folder.host, unlink, check));
  try {
    await syncFolder(folder, folder.path);
  } catch (error) {
    if (getErrorCode(error) !== 'ENOENT') throw error;
  }
}

async function listKeys({ fs, path }: Folder): Promise<string[]> {
  const entries = await undefinedIfMissing(() => fs.readdir(path, { withFileTypes: true }));
  return (entries ?? []).flatMap((entry) => (entry.isFile() ? (findKey(entry.name) ?? []) : []));
}

function createTooLargeError({ path }: Folder, key: string, byteLength: number): KeepfitError {
  return new KeepfitError(
    'KEEPFIT_STORE_FAILED',
    `${JSON.stringify(key)} for ${path} has ${byteLength} bytes, more than the ${MAX_BYTES} that this Node could read back; ` +
      'use a newer Node',
  );
}
