import { constants } from 'node:buffer';
import { crc32 } from 'node:zlib';
import { BlockChecksums } from '@keepfit/callbacks/internal';
import { checkKey, type CheckpointStore, KeepfitError } from '@keepfit/callbacks/store';
import { findKey, getCheckpointPath } from './folder/file-names.js';
import type { Folder } from './folder/folder.js';
import { syncFolder } from './folder/sync-folder.js';
import { HeldLocks } from './lock/held-locks.js';
import { getErrorCode, undefinedIfMissing } from './system/file-errors.js';
import { readFile } from './system/read-file.js';
import { retryWhileBusy } from './system/retry-while-busy.js';
import type { SharedWriter } from './thread/shared-writer.js';
import {
  checkCondition,
  hasVersion,
  lookAt,
  remember,
  type WriteCondition,
} from './write/check-condition.js';
import { Fingerprint } from './write/fingerprint.js';
import { writeCheckpoint } from './write/write-checkpoint.js';

/**
 * What this Node can hold in one buffer: 4 GiB on Node 20, more on later ones. The store writes nothing it
 * could not read back.
 */
const MAX_BYTES = constants.MAX_LENGTH;

/** The store in a folder. Messages call it `name`. `writer` is the thread that writes while a training holds a lock. */
export function folderStore(
  folder: Folder,
  writer?: SharedWriter,
  name = `fsStore(${JSON.stringify(folder.path)})`,
): CheckpointStore {
  const locks = new HeldLocks(folder, (key, version) => hasVersion(folder, key, version));
  return {
    name,
    supports: { durable: true, fencing: true, locking: true, maxBytes: MAX_BYTES },

    async get(key) {
      const checksums = new BlockChecksums(crc32);
      const path = getCheckpointPath(folder.path, checkKey(key));
      const found = await readFile(folder.fs, path, MAX_BYTES, (piece) => checksums.add(piece));
      if (found === undefined) return undefined;
      const { bytes, stats } = found;
      const fingerprint = new Fingerprint(bytes.length, () => checksums.joinAll());
      fingerprint.add(bytes);
      const version = fingerprint.formatVersion();
      remember(folder, key, version, stats);
      return { bytes, version, getChecksum: (from, to) => checksums.joinRange(bytes, from, to) };
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

    delete: async (key, condition) =>
      locks.run(checkKey(key), condition, (lock) => deleteCheckpoint(folder, key, { ...condition, lock })),

    keys: () => listKeys(folder),

    async lock(key) {
      const lock = await locks.acquire(checkKey(key));
      return writer?.keepAlive(lock) ?? lock;
    },
  };
}

/**
 * Unlinks the one file. It syncs the folder also if there was no file, because an earlier delete may have
 * failed at that.
 *
 * @param condition What must hold if there is a file.
 */
async function deleteCheckpoint(folder: Folder, key: string, condition: WriteCondition): Promise<void> {
  const path = getCheckpointPath(folder.path, key);
  const unlink = () => undefinedIfMissing(() => folder.fs.unlink(path));
  const hasCondition = condition.lock !== undefined || condition.replaces !== undefined;
  const check = async () => {
    if (hasCondition && (await lookAt(folder, key)) !== undefined)
      await checkCondition(folder, key, condition);
  };
  await folder.commits.run(() => retryWhileBusy(folder.host, unlink, check));
  folder.known.delete(key);
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
