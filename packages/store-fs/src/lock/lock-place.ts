import type { KeepfitError } from '@keepfit/callbacks/store';
import { getLockPath, getSuccessorPath } from '../folder/file-names.js';
import type { Folder, WriteFolder } from '../folder/folder.js';
import type { ProcessIdentity } from '../system/host.js';
import { undefinedIfMissing } from '../system/file-errors.js';
import { readFile } from '../system/read-file.js';
import { judgeHolder } from './judge-holder.js';
import { createLockError } from './lock-error.js';
import { type LockHolder, parseLockHolder } from './lock-holder.js';

const LARGEST_LOCK = 65_536;

/** The lock of one key. */
export interface LockPath {
  readonly folder: WriteFolder;
  readonly key: string;
}

/** The lock of one key, as one process sees it. */
export interface LockPlace extends LockPath {
  readonly folder: Folder;
  readonly self: ProcessIdentity;
}

/** A lock file. Its holder is undefined if the file does not say who it is. */
export interface LockFile {
  readonly path: string;
  readonly holder: LockHolder | undefined;
}

export async function readLockFile({ folder }: LockPath, path: string): Promise<LockFile | undefined> {
  const found = await readFile(folder.fs, path, LARGEST_LOCK);
  return found && { path, holder: parseLockHolder(found.bytes) };
}

/**
 * Reads the lock file and those of its successors. The last one tells who holds the lock, unless that one is
 * gone. Empty if the lock is free.
 */
export async function readChain(place: LockPath): Promise<LockFile[]> {
  const { folder, key } = place;
  const chain: LockFile[] = [];
  let path = getLockPath(folder.path, key);
  for (;;) {
    const found = (await exists(place, path)) ? await readLockFile(place, path) : undefined;
    if (found === undefined) return chain;
    // A uuid comes twice only if someone copied a lock file. Then its files do not say who holds the lock.
    const isCopy = chain.some(({ holder }) => holder?.uuid === found.holder?.uuid);
    chain.push(isCopy ? { path, holder: undefined } : found);
    if (found.holder === undefined || isCopy) return chain;
    path = getSuccessorPath(folder.path, key, found.holder.uuid);
  }
}

/** Most of these files are missing, and to open them would be an error of the file system. */
async function exists({ folder }: LockPath, path: string): Promise<boolean> {
  const files = folder.fs.for({ action: 'read' });
  return (await undefinedIfMissing(() => files.lstat(path, { bigint: true }))) !== undefined;
}

/** Explains why a lock must not be taken over; undefined if its holder is certainly gone. */
export async function explainHeld(
  place: LockPlace,
  { path, holder }: LockFile,
): Promise<KeepfitError | undefined> {
  const { folder, key, self } = place;
  const verdict = holder === undefined ? 'elsewhere' : await judgeHolder(folder, key, holder, self);
  return verdict === 'gone' ? undefined : createLockError(path, holder, verdict, self);
}
