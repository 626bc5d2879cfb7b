import type { CheckpointContent } from '@keepfit/callbacks/store';
import { createTempPath, getCheckpointPath } from '../folder/file-names.js';
import type { WriteFolder } from '../folder/folder.js';
import { prepareFolder } from '../folder/prepare-folder.js';
import { closeFile, createFile, discard, type TempFile } from '../folder/temp-file.js';
import { retryWhileBusy } from '../system/retry-while-busy.js';
import { writeAll } from '../system/write-all.js';
import { checkCondition, checkConditionEarly, remember, type WriteCondition } from './check-condition.js';
import { EarlySync } from './early-sync.js';
import { Fingerprint } from './fingerprint.js';
import { syncRenamed } from './recover-write.js';
import { createLengthError, createSizeError, createWriteError } from './write-errors.js';

/** Lets a caller finish the write if the thread that writes ends in the middle: see `recoverWrite`. */
export interface WriteTrace {
  /** The path of the temp file. */
  readonly temp: string;
  /** Called when the file is complete, before it is renamed. */
  beforeRename(version: string): void;
  /** Gives the CRC-32 of the content once all chunks are read, if somebody else computes it. */
  readonly getCrc: (() => number) | undefined;
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
  // Early, so that nothing is written in vain. It runs again directly before the rename.
  await checkConditionEarly(folder, key, condition);
  if (condition?.lock === undefined) await prepareFolder(folder);

  const temp = await createFile(
    folder.fs.for({ byteLength }),
    trace?.temp ?? createTempPath(folder.path, key),
  );
  const fingerprint = new Fingerprint(byteLength, trace?.getCrc);
  try {
    await writeChunks(temp, content, folder.syncEvery, fingerprint);
    await checkSize(temp, byteLength);
    await temp.handle.sync();
    await closeFile(temp);
    // Some file systems settle the time of a file only when it is closed.
    const stats = await folder.fs.lstat(temp.path, { bigint: true });
    trace?.beforeRename(fingerprint.formatVersion());
    await folder.commits.run(async () => {
      await renameTo(folder, key, temp, condition);
      remember(folder, key, fingerprint.formatVersion(), stats);
    });
  } catch (error) {
    await discard(folder.fs, temp);
    throw error;
  }
  await syncRenamed(folder, path);
  return fingerprint.formatVersion();
}

/**
 * Writes all chunks in order, each whole, and refuses a total other than the announced one. Syncs meanwhile.
 */
async function writeChunks(
  temp: TempFile,
  content: CheckpointContent,
  syncEvery: number,
  fingerprint: Fingerprint,
): Promise<void> {
  const sync = new EarlySync(temp, syncEvery);
  try {
    await writeEach(temp, content, (bytes) => {
      fingerprint.add(bytes);
      sync.add(bytes.length);
    });
  } finally {
    await sync.waitUntilIdle();
  }
  sync.throwFailure();
}

async function writeEach(
  { path, handle }: TempFile,
  { byteLength, chunks }: CheckpointContent,
  afterWrite: (bytes: Uint8Array) => void,
): Promise<void> {
  let total = 0;
  for await (const chunk of chunks) {
    // The chunk may be any view; its bytes count.
    const bytes = new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    if (total + bytes.length > byteLength)
      throw createLengthError(path, byteLength, `${total + bytes.length} or more`);
    await writeAll(handle, bytes, total, (length, written) => createWriteError(path, length, written));
    total += bytes.length;
    afterWrite(bytes);
  }
  if (total !== byteLength) throw createLengthError(path, byteLength, String(total));
}

async function checkSize({ path, handle }: TempFile, byteLength: number): Promise<void> {
  const { size } = await handle.stat({ bigint: true });
  if (size !== BigInt(byteLength)) throw createSizeError(path, byteLength, size);
}

async function renameTo(
  folder: WriteFolder,
  key: string,
  temp: TempFile,
  condition: WriteCondition | undefined,
): Promise<void> {
  const path = getCheckpointPath(folder.path, key);
  const files = folder.fs.for({ action: 'put a new checkpoint at' });
  await retryWhileBusy(
    folder.host,
    () => files.rename(temp.path, path),
    () => checkCondition(folder, key, condition),
  );
}
