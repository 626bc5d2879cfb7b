import type { StoreCondition } from '@keepfit/callbacks/store';
import { getCheckpointPath } from '../folder/file-names.js';
import type { WriteFolder } from '../folder/folder.js';
import { checkOwnLock } from '../lock/own-lock.js';
import { undefinedIfMissing } from '../system/file-errors.js';
import type { FileHandle, FileStats } from '../system/file-system.js';
import { Fingerprint, getEdges, hasLength } from './fingerprint.js';
import { createConflict } from './write-errors.js';

/** In bytes. */
const PIECE = 1024 * 1024;

/** What must hold directly before a checkpoint is replaced or deleted. */
export interface WriteCondition {
  /** The version that must be stored; null: nothing. */
  readonly replaces?: StoreCondition['replaces'] | undefined;
  /** The uuid that the lock must have, because the writer holds it. The folder is not made then. */
  readonly lock?: string | undefined;
}

/**
 * Checks that the condition of a commit holds. Nobody else of this store may commit until the checkpoint is
 * replaced or deleted: see `WriteFolder.commits`.
 *
 * @throws KEEPFIT_STORE_CONFLICT when another version is stored, or the lock names somebody else.
 */
export async function checkCondition(
  folder: WriteFolder,
  key: string,
  condition: WriteCondition | undefined,
): Promise<void> {
  if (condition?.lock !== undefined) await checkOwnLock(folder, key, condition.lock);
  if (condition?.replaces === undefined) return;
  const { replaces } = condition;
  const stats = await lookAt(folder, key);
  const isMet = mayBe(stats, replaces) && (replaces === null || (await hasVersion(folder, key, replaces)));
  if (!isMet) throw createConflict(folder.path, getCheckpointPath(folder.path, key), replaces, stats?.size);
}

/** Does the same without reading the file, so it misses another checkpoint of the same length. */
export async function checkConditionEarly(
  folder: WriteFolder,
  key: string,
  condition: WriteCondition | undefined,
): Promise<void> {
  if (condition?.replaces === undefined) return;
  const stats = await lookAt(folder, key);
  if (mayBe(stats, condition.replaces)) return;
  throw createConflict(folder.path, getCheckpointPath(folder.path, key), condition.replaces, stats?.size);
}

export async function lookAt({ fs, path }: WriteFolder, key: string): Promise<FileStats | undefined> {
  return undefinedIfMissing(() => fs.lstat(getCheckpointPath(path, key), { bigint: true }));
}

function mayBe(stats: FileStats | undefined, version: string | null): boolean {
  if (stats === undefined || version === null) return stats === undefined && version === null;
  return stats.isFile() && hasLength(version, stats.size);
}

/**
 * Whether a version is stored. It reads both ends of the file, where checkpoints of keepfit differ. Contents
 * of others may differ in between, so it reads the rest too, unless the file is one that was seen to have this
 * version.
 */
export async function hasVersion(folder: WriteFolder, key: string, version: string): Promise<boolean> {
  const { fs } = folder;
  const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = fs.constants;
  const flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK;
  const handle = await undefinedIfMissing(() => fs.open(getCheckpointPath(folder.path, key), flags));
  if (handle === undefined) return false;
  try {
    const stats = await handle.stat({ bigint: true });
    if (!mayBe(stats, version) || !(await hasEdges(handle, Number(stats.size), version))) return false;
    if (isKnown(folder, key, version, stats)) return true;
    const whole = new Fingerprint(Number(stats.size));
    await addRange(whole, handle, 0, Number(stats.size));
    if (whole.formatVersion() !== version) return false;
    remember(folder, key, version, stats);
    return true;
  } finally {
    await handle.close().catch(() => undefined);
  }
}

/** Whether the two ends are those of the version. */
async function hasEdges(handle: FileHandle, size: number, version: string): Promise<boolean> {
  const edges = new Fingerprint(size);
  for (const [from, to] of getEdges(size)) {
    edges.skipTo(from);
    await addRange(edges, handle, from, to);
  }
  return version.startsWith(edges.formatEdges());
}

/** If the file ends early, it does not have the version, and the result says so. */
async function addRange(
  fingerprint: Fingerprint,
  handle: FileHandle,
  from: number,
  to: number,
): Promise<void> {
  const buffer = new Uint8Array(Math.min(to - from, PIECE));
  for (let offset = from; offset < to;) {
    const { bytesRead } = await handle.read(buffer, 0, Math.min(buffer.length, to - offset), offset);
    if (!(bytesRead > 0)) return;
    fingerprint.add(buffer.subarray(0, bytesRead));
    offset += bytesRead;
  }
}

/** Remembers the file that has a version, so that it need not be read as a whole again. */
export function remember(folder: WriteFolder, key: string, version: string, stats: FileStats): void {
  folder.known.set(key, { version, stamp: formatStamp(stats) });
}

function isKnown(folder: WriteFolder, key: string, version: string, stats: FileStats): boolean {
  const known = folder.known.get(key);
  return known?.version === version && known.stamp === formatStamp(stats);
}

/** If it changes by itself, as on sshfs, the file is only read again. */
function formatStamp({ dev, ino, mtimeNs, size }: FileStats): string {
  return `${dev}:${ino}:${mtimeNs}:${size}`;
}
