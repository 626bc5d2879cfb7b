import { dirname } from 'node:path';
import { isKeepfitError, KeepfitError } from '@keepfit/callbacks/store';
import { codeOf } from './code-of.js';

const FULL = new Set(['ENOSPC', 'EDQUOT']);

/** Runs one operation of the file system; its failure becomes a KeepfitError, while one that is that already passes. */
export async function attempt<Result>(
  action: string,
  path: string,
  operation: () => Promise<Result>,
  byteLength?: number,
): Promise<Result> {
  try {
    return await operation();
  } catch (error) {
    throw isKeepfitError(error) ? error : fileError(error, action, path, byteLength);
  }
}

/** An error of the file system in the words of fsStore: what failed on which path, and what would do. The original is its cause. */
function fileError(cause: unknown, action: string, path: string, byteLength?: number): KeepfitError {
  const code = codeOf(cause);
  if (FULL.has(code)) {
    const what = code === 'EDQUOT' ? 'the disk quota is used up' : 'the disk is full';
    const needed = byteLength === undefined ? '' : `, and ${byteLength} bytes must fit into ${dirname(path)}`;
    const message = `could not ${action} ${path}: ${what}${needed}; free some room, or give fsStore another folder`;
    return new KeepfitError('KEEPFIT_STORE_FULL', message, { cause });
  }
  const reason = code === '' ? String(cause) : code;
  return new KeepfitError(
    'KEEPFIT_STORE_FAILED',
    `could not ${action} ${path} (${reason}): ${adviceFor(code, path)}`,
    { cause },
  );
}

function adviceFor(code: string, path: string): string {
  const folder = dirname(path);
  switch (code) {
    case 'EACCES':
    case 'EPERM':
      return `this user may not; let it read and write ${folder}, or give fsStore another folder`;
    case 'EROFS':
      return 'the file system is read-only; give fsStore a folder that can be written';
    case 'ENOTDIR':
      return 'a part of this path is a file; give fsStore a path made of folders';
    case 'EISDIR':
      return 'a folder has this name; move it away, or give fsStore another folder';
    case 'ELOOP':
      return 'a symbolic link has this name and is not followed; remove it';
    case 'EFBIG':
      return 'the file system takes no file of this size; give fsStore a folder on another one';
    case 'ENOENT':
      return 'it was removed meanwhile; let nothing else write or clean up in this folder';
    case 'EMFILE':
    case 'ENFILE':
      return 'too many files are open; raise the limit (ulimit -n)';
    default:
      return `see the cause; fsStore can be given another folder than ${folder}`;
  }
}
