import { constants } from 'node:buffer';
import { checkKey, type CheckpointStore, KeepfitError } from '@keepfit/callbacks/store';
import { attempt } from './system/with-file-errors.js';
import { codeOf } from './system/code-of.js';
import { checkpointPath, keyOfName } from './file-names.js';
import { fileVersion } from './write/file-version.js';
import type { Folder } from './folder.js';
import { acquireLock } from './lock/acquire-lock.js';
import { retryWhileBusy } from './system/retry-while-busy.js';
import { readFile } from './read-file.js';
import { syncFolder } from './write/sync-folder.js';
import { undefinedIfMissing } from './system/undefined-if-missing.js';
import type { SharedWriter } from './thread/shared-writer.js';
import { writeCheckpoint } from './write/write-checkpoint.js';

/** What this Node can hold in one buffer: 4 GiB on Node 20, more on later ones. What could not be read back is not written. */
const MAX_BYTES = constants.MAX_LENGTH;

/** The store in a folder. `writer` is the thread that writes while a training holds a lock. */
export function folderStore(folder: Folder, writer?: SharedWriter): CheckpointStore {
  return {
    supports: { durable: true, fencing: true, locking: true, maxBytes: MAX_BYTES },

    async get(key) {
      const found = await readFile(folder.fs, checkpointPath(folder.path, checkKey(key)), MAX_BYTES);
      return found && { bytes: found.bytes, version: fileVersion(found.stats) };
    },

    async set(key, content, condition) {
      checkKey(key);
      if (content.byteLength > MAX_BYTES) throw tooLarge(folder, key, content.byteLength);
      const thread = writer?.acquire();
      return thread === undefined
        ? writeCheckpoint(folder, key, content, condition)
        : thread.write(folder, key, content, condition);
    },

    delete: async (key) => deleteCheckpoint(folder, checkpointPath(folder.path, checkKey(key))),

    keys: () => listKeys(folder),

    async lock(key) {
      const lock = await acquireLock(folder, checkKey(key));
      return writer?.keepAlive(lock) ?? lock;
    },
  };
}

/** Unlinks the one file, and syncs the folder also where there was none: an earlier delete may have failed at that. */
async function deleteCheckpoint(folder: Folder, path: string): Promise<void> {
  const unlink = () => undefinedIfMissing(() => folder.fs.unlink(path));
  await attempt('delete', path, () => folder.commits.run(() => retryWhileBusy(folder.machine, unlink)));
  try {
    await syncFolder(folder, folder.path);
  } catch (error) {
    if (codeOf((error as Error).cause) !== 'ENOENT') throw error;
  }
}

async function listKeys({ fs, path }: Folder): Promise<string[]> {
  const entries = await attempt('list', path, () =>
    undefinedIfMissing(() => fs.readdir(path, { withFileTypes: true })),
  );
  return (entries ?? []).flatMap((entry) => (entry.isFile() ? (keyOfName(entry.name) ?? []) : []));
}

function tooLarge({ path }: Folder, key: string, byteLength: number): KeepfitError {
  return new KeepfitError(
    'KEEPFIT_STORE_FAILED',
    `${JSON.stringify(key)} for ${path} has ${byteLength} bytes, more than the ${MAX_BYTES} that this Node could read back; ` +
      'use a newer Node',
  );
}
