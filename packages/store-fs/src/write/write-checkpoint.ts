import type { CheckpointContent, SetCondition } from '@keepfit/callbacks/store';
import { attempt } from '../system/with-file-errors.js';
import { checkpointPath } from '../file-names.js';
import type { FileStats } from '../system/file-system.js';
import { fileVersion } from './file-version.js';
import type { Folder } from '../folder.js';
import { retryWhileBusy } from '../system/retry-while-busy.js';
import { prepareFolder } from './prepare-folder.js';
import { syncFolder } from './sync-folder.js';
import { discard, openTempFile, type TempFile } from './temp-file.js';
import { undefinedIfMissing } from '../system/undefined-if-missing.js';
import { writeChunks } from './write-chunks.js';
import { conflict, notDurable, wrongSize } from './write-errors.js';

/**
 * Replaces a checkpoint by a new file: whole old or whole new bytes after a crash at any instant, the new ones once this resolves.
 * Where it rejects, the old file stays, unless only the last step failed: then the new one is in place, but maybe not durably.
 */
export async function writeCheckpoint(
  folder: Folder,
  key: string,
  content: CheckpointContent,
  condition: SetCondition | undefined,
): Promise<string> {
  const path = checkpointPath(folder.path, key);
  const old = await checkCondition(folder, path, condition);
  await prepareFolder(folder);

  const temp = await openTempFile(folder, key, content.byteLength);
  let version: string;
  try {
    await writeChunks(temp, content);
    const written = await checkSize(temp, content.byteLength);
    await stampAfter(folder, temp, written, old);
    await attempt('sync', temp.path, () => temp.handle.sync(), content.byteLength);
    await attempt('close', temp.path, () => temp.handle.close(), content.byteLength);
    version = await versionOf(folder, temp);
    await folder.commits.run(() => renameTo(folder, path, temp, condition));
  } catch (error) {
    await discard(folder, temp);
    throw error;
  }
  await syncRenamed(folder, path);
  return version;
}

/** Checked first, so that nothing is written in vain, and again directly before the rename, where it counts. */
async function checkCondition(
  { fs, path: folder }: Folder,
  path: string,
  condition?: SetCondition,
): Promise<FileStats | undefined> {
  const stats = await attempt('look at', path, () =>
    undefinedIfMissing(() => fs.lstat(path, { bigint: true })),
  );
  const current = stats === undefined ? null : fileVersion(stats);
  if (condition === undefined || condition.replaces === current) return stats;
  throw conflict(path, folder, condition.replaces, current);
}

async function checkSize({ path, handle }: TempFile, byteLength: number): Promise<FileStats> {
  const stats = await attempt('look at', path, () => handle.stat({ bigint: true }));
  if (stats.size === BigInt(byteLength)) return stats;
  throw wrongSize(path, byteLength, stats.size);
}

/**
 * Gives the file a later modification time than any before it, where the clock has not done so: clocks of file systems tick every few
 * milliseconds, inodes are used again, and the version must differ all the same. The second try is for file systems that keep 2 s.
 */
async function stampAfter(
  folder: Folder,
  temp: TempFile,
  written: FileStats,
  old: FileStats | undefined,
): Promise<void> {
  const before = old !== undefined && old.mtimeNs > folder.newestTime ? old.mtimeNs : folder.newestTime;
  let { mtimeNs } = written;
  for (const milliseconds of [2n, 2000n]) {
    if (mtimeNs > before) break;
    const seconds = Number(before / 1_000_000n + milliseconds) / 1000;
    await attempt('set the time of', temp.path, () => temp.handle.utimes(seconds, seconds));
    ({ mtimeNs } = await attempt('look at', temp.path, () => temp.handle.stat({ bigint: true })));
  }
  if (mtimeNs > folder.newestTime) folder.newestTime = mtimeNs;
}

/** Taken once the file is closed: some file systems settle its time only then. A rename changes none of it. */
async function versionOf({ fs }: Folder, { path }: TempFile): Promise<string> {
  return fileVersion(await attempt('look at', path, () => fs.lstat(path, { bigint: true })));
}

async function renameTo(
  folder: Folder,
  path: string,
  temp: TempFile,
  condition?: SetCondition,
): Promise<void> {
  await attempt('put a new checkpoint at', path, () =>
    retryWhileBusy(folder.machine, async () => {
      if (condition !== undefined) await checkCondition(folder, path, condition);
      await folder.fs.rename(temp.path, path);
    }),
  );
}

async function syncRenamed(folder: Folder, path: string): Promise<void> {
  try {
    await syncFolder(folder, folder.path);
  } catch (error) {
    throw notDurable(path, (error as Error).cause);
  }
}
