import { dirname } from 'node:path';
import { KeepfitError } from '@keepfit/callbacks/store';
import { codeOf } from '../system/code-of.js';

/** Runs one operation of fileSink on a file or folder; its failure is told as a KeepfitError, in words of what failed and what would do. */
export async function sinkStep<Result>(
  action: string,
  path: string,
  operation: () => Promise<Result>,
): Promise<Result> {
  try {
    return await operation();
  } catch (cause) {
    const code = codeOf(cause);
    const isFull = code === 'ENOSPC' || code === 'EDQUOT';
    const reason = code === '' ? String(cause) : code;
    const message = `could not ${action} ${path} (${reason}): ${adviceFor(code, path)}`;
    throw new KeepfitError(isFull ? 'KEEPFIT_STORE_FULL' : 'KEEPFIT_STORE_FAILED', message, { cause });
  }
}

function adviceFor(code: string, path: string): string {
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return 'there is no room left; free some, or give fileSink another path';
    case 'EACCES':
    case 'EPERM':
      return `this user may not; let it write in ${dirname(path)}, or give fileSink another path`;
    case 'EROFS':
      return 'the file system is read-only; give fileSink a path that can be written';
    case 'EISDIR':
      return 'a folder has this name; give fileSink the path of a file';
    case 'EEXIST':
    case 'ENOTDIR':
      return 'a part of this path is a file; give fileSink a path made of folders';
    default:
      return 'see the cause, or give fileSink another path';
  }
}
