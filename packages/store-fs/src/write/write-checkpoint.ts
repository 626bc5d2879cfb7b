import type { CheckpointContent, StoreCondition } from '@keepfit/callbacks/store';
import { createTempPath, getCheckpointPath } from '../folder/file-names.js';
import type { WriteFolder } from '../folder/folder.js';
import { prepareFolder } from '../folder/prepare-folder.js';
import { closeFile, createFile, discard, type TempFile } from '../folder/temp-file.js';
import { checkOwnLock } from '../lock/own-lock.js';
import { undefinedIfMissing } from '../system/file-errors.js';
import type { FileStats } from '../system/file-system.js';
import { retryWhileBusy } from '../system/retry-while-busy.js';
import { writeAll } from '../system/write-all.js';
import { EarlySync } from './early-sync.js';
import { getVersion, syncRenamed } from './recover-write.js';
import { createConflict, createLengthError, createSizeError, createWriteError } from './write-errors.js';

/** What must hold directly before the checkpoint is replaced. */
export interface WriteCondition {
  /** The version that must be stored; null: nothing. */
  readonly replaces?: StoreCondition['replaces'] | undefined;
  /** The uuid that the lock must have, because the writer holds it. The folder is not made then. */
  readonly lock?: string | undefined;
}

/** Lets a caller finish the write if the thread that writes ends in the middle: see `recoverWrite`. */
export interface WriteTrace {
  /** The path of the temp file. */
  readonly temp: string;
  /** Called when the file is complete, before it is renamed. The rename does not change the version. */
  beforeRename(version: string): void;
}

/**
 * Replaces a checkpoint by a new file. After a crash at any instant it has the whole old or the whole new
 * bytes; once this resolves, the new ones. If it rejects, the old file stays. If only the last step failed,
 * the new file is in place, but maybe not durably.
 */
export async function writeCheckpoint(
  folder: WriteFolder,
  key: string,
  content: CheckpointContent,
  condition: WriteCondition | undefined,
  trace?: WriteTrace,
): Promise<string> {
  const { byteLength } = content;
  const path = getCheckpointPath(folder.path, key);
  const old = await checkCondition(folder, path, condition);
  if (condition?.lock === undefined) await prepareFolder(folder);

  const temp = await createFile(
    folder.fs.for({ byteLength }),
    trace?.temp ?? createTempPath(folder.path, key),
  );
  let version: string;
  try {
    await writeChunks(temp, content, folder.syncEvery);
    const written = await checkSize(temp, byteLength);
    await stampAfter(folder, temp, written, old);
    await temp.handle.sync();
    await closeFile(temp);
    // Some file systems settle the time of a file only when it is closed. A rename does not change the
    // version.
    version = getVersion(await folder.fs.lstat(temp.path, { bigint: true }));
    trace?.beforeRename(version);
    await folder.commits.run(() => renameTo(folder, key, temp, condition));
  } catch (error) {
    await discard(folder.fs, temp);
    throw error;
  }
  await syncRenamed(folder, path);
  return version;
}

/** Checks early, so that nothing is written in vain; it must run again directly before the rename. */
async function checkCondition(
  { fs, path: folder }: WriteFolder,
  path: string,
  condition?: WriteCondition,
): Promise<FileStats | undefined> {
  const stats = await undefinedIfMissing(() => fs.lstat(path, { bigint: true }));
  const current = stats === undefined ? null : getVersion(stats);
  if (condition?.replaces === undefined || condition.replaces === current) return stats;
  throw createConflict(path, folder, condition.replaces, current);
}

/**
 * Writes all chunks in order, each whole, and refuses a total other than the announced one. Syncs meanwhile.
 */
async function writeChunks(temp: TempFile, content: CheckpointContent, syncEvery: number): Promise<void> {
  const sync = new EarlySync(temp, syncEvery);
  try {
    await writeEach(temp, content, (length) => sync.add(length));
  } finally {
    await sync.waitUntilIdle();
  }
  sync.throwFailure();
}

async function writeEach(
  { path, handle }: TempFile,
  { byteLength, chunks }: CheckpointContent,
  afterWrite: (length: number) => void,
): Promise<void> {
  let total = 0;
  for await (const chunk of chunks) {
    // The chunk may be any view; its bytes count.
    const bytes = new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    if (total + bytes.length > byteLength)
      throw createLengthError(path, byteLength, `${total + bytes.length} or more`);
    await writeAll(handle, bytes, total, (length, written) => createWriteError(path, length, written));
    total += bytes.length;
    afterWrite(bytes.length);
  }
  if (total !== byteLength) throw createLengthError(path, byteLength, String(total));
}

async function checkSize({ path, handle }: TempFile, byteLength: number): Promise<FileStats> {
  const stats = await handle.stat({ bigint: true });
  if (stats.size === BigInt(byteLength)) return stats;
  throw createSizeError(path, byteLength, stats.size);
}

/**
 * Gives the file a later modification time than any earlier checkpoint if the clock did not. File system
 * clocks tick every few milliseconds and inodes are reused, but versions must differ all the same. The second
 * try is for file systems with a 2 s resolution.
 */
async function stampAfter(
  folder: WriteFolder,
  { handle }: TempFile,
  written: FileStats,
  old: FileStats | undefined,
): Promise<void> {
  const before = old !== undefined && old.mtimeNs > folder.newestTime ? old.mtimeNs : folder.newestTime;
  let { mtimeNs } = written;
  for (const milliseconds of [2n, 2000n]) {
    if (mtimeNs > before) break;
    const seconds = Number(before / 1_000_000n + milliseconds) / 1000;
    await handle.utimes(seconds, seconds);
    ({ mtimeNs } = await handle.stat({ bigint: true }));
  }
  if (mtimeNs > folder.newestTime) folder.newestTime = mtimeNs;
}

async function renameTo(
  folder: WriteFolder,
  key: string,
  temp: TempFile,
  condition?: WriteCondition,
): Promise<void> {
  const path = getCheckpointPath(folder.path, key);
  const files = folder.fs.for({ action: 'put a new checkpoint at' });
  await retryWhileBusy(
    folder.host,
    () => files.rename(temp.path, path),
    async () => {
      if (condition?.lock !== undefined) await checkOwnLock(folder, key, condition.lock);
      if (condition?.replaces !== undefined) await checkCondition(folder, path, condition);
    },
  );
}
