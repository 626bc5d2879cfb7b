import { dirname } from 'node:path';
import { isKeepfitError, KeepfitError } from '@keepfit/callbacks/store';

/** A call of the file system that failed, as its error tells it: "could not <action> <path>". */
export interface FailedCall {
  /** The function whose user reads the error. */
  readonly owner: 'fsStore' | 'fileSink';
  readonly action: string;
  readonly path: string;
  readonly byteLength?: number;
}

/** What the user can give to each function instead. */
const PLACES = { fsStore: 'folder', fileSink: 'path' } as const;

const FULL: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
};

/**
 * EDQUOT on Linux, and on macOS and FreeBSD. libuv has no name for it, so the code of such an error is UNKNOWN or
 * "Unknown system error -122". No other error of a file has these numbers.
 */
const QUOTA_NUMBERS: readonly unknown[] = [-122, -69];

/**
 * Turns an error of the file system into a KeepfitError that says what failed and how to fix it. The original
 * is its cause.
 */
export function toFileError(cause: unknown, call: FailedCall): KeepfitError {
  const code = getErrorCode(cause);
  const failure = `could not ${call.action} ${call.path} (${code === '' ? String(cause) : code})`;
  const full = FULL[code];
  if (full !== undefined) {
    const needed =
      call.byteLength === undefined
        ? ''
        : `, and ${call.byteLength} bytes must fit into ${dirname(call.path)}`;
    const message = `${failure}: ${full}${needed}; free some room, or ${adviseOtherPlace(call)}`;
    return new KeepfitError('KEEPFIT_STORE_FULL', message, { cause });
  }
  return new KeepfitError('KEEPFIT_STORE_FAILED', `${failure}: ${advise(code, call)}`, { cause });
}

/**
 * The code of an error of the file system, or of a KeepfitError that has one as its cause. Empty if there is
 * none.
 */
export function getErrorCode(error: unknown): string {
  const original = isKeepfitError(error) ? error.cause : error;
  const { code, errno } = (original ?? {}) as { readonly code?: unknown; readonly errno?: unknown };
  if (QUOTA_NUMBERS.includes(errno)) return 'EDQUOT';
  return typeof code === 'string' ? code : '';
}

/** Runs an operation of the file system, and resolves to undefined if it says that nothing is there. */
export async function undefinedIfMissing<Result>(
  operation: () => Promise<Result>,
): Promise<Result | undefined> {
  try {
    return await operation();
  } catch (error) {
    if (getErrorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function advise(code: string, call: FailedCall): string {
  const { owner, path } = call;
  const place = PLACES[owner];
  switch (code) {
    case 'EACCES':
    case 'EPERM':
      return `this user may not; let it read and write in ${dirname(path)}, or ${adviseOtherPlace(call)}`;
    case 'ERR_ACCESS_DENIED':
      return "Node's permission model forbids it; use --allow-fs-write, or on Node 26, which forbids fsync, no --permission";
    case 'EROFS':
      return `the file system is read-only; give ${owner} a ${place} that can be written`;
    case 'EEXIST':
      return `something else has this name; move it away, or ${adviseOtherPlace(call)}`;
    case 'ENAMETOOLONG':
      return `this path, or a name in it, is longer than the file system allows; give ${owner} a shorter ${place}`;
    case 'ENOTCONN':
    case 'ESTALE':
    case 'ENODEV':
    case 'ENXIO':
    case 'EHOSTDOWN':
      return 'the drive was disconnected; connect it again, then run the training again';
    case 'EIO':
      return `the disk or the drive reports an error; check it, or ${adviseOtherPlace(call)}`;
    case 'ENOTDIR':
      return `a part of this path is a file; give ${owner} a path made of folders`;
    case 'EISDIR':
      return `a folder has this name; move it away, or ${adviseOtherPlace(call)}`;
    case 'ELOOP':
      return 'a symbolic link has this name and cannot be followed; remove it';
    case 'EFBIG':
      return `the file system, or ulimit -f, takes no file of this size; give ${owner} a ${place} on another one`;
    case 'ENOENT':
      return 'this file, or a folder above it, was deleted or moved away; let nothing else move or clean up there, then run again';
    case 'EMFILE':
    case 'ENFILE':
      return 'too many files are open; raise the limit (ulimit -n)';
    default:
      return `see the cause, or ${adviseOtherPlace(call)}`;
  }
}

function adviseOtherPlace({ owner }: FailedCall): string {
  return `give ${owner} another ${PLACES[owner]}`;
}
