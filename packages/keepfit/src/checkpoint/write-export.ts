import { randomUUID } from 'node:crypto';
import { lstat, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, sep } from 'node:path';
import { isKeepfitError, KeepfitError } from '@keepfit/callbacks';
import { formatValue } from '@keepfit/callbacks/internal';
import { readStart } from './check-file.js';
import { withFile } from './read-file.js';

/**
 * Writes a file whole or not at all: first beside its place, then it is renamed. It replaces an existing file
 * only with `force`, and never a checkpoint of keepfit, because a training may use it.
 *
 * @throws KEEPFIT_INVALID_OPTION when an existing file must not be replaced.
 * @throws KEEPFIT_STORE_FAILED when the file cannot be written.
 */
export async function writeExport(path: string, bytes: Uint8Array, force: boolean): Promise<void> {
  await refuseToReplace(path, force);
  await withTemp(path, async (temp) => {
    const handle = await open(temp, 'wx');
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temp, path);
  });
}

/**
 * Checks that `writeExport` can write, before the work whose result it writes.
 *
 * @throws KEEPFIT_INVALID_OPTION when an existing file must not be replaced.
 * @throws KEEPFIT_STORE_FAILED when no file can be written in the folder.
 */
export async function checkExport(path: string, force: boolean): Promise<void> {
  await refuseToReplace(path, force);
  await withTemp(path, async (temp) => {
    await (await open(temp, 'wx')).close();
    await rm(temp);
  });
}

/** Gives `use` the path of a new file in the folder of `path`, and leaves none if it fails. */
async function withTemp(path: string, use: (temp: string) => Promise<void>): Promise<void> {
  // Its length does not depend on that of the name, which may be the longest there is.
  const temp = join(dirname(path), `.${randomUUID()}.tmp`);
  try {
    await use(temp);
  } catch (cause) {
    // The error that led here is the one to report.
    await rm(temp, { force: true }).catch(() => undefined);
    throw createWriteError(path, cause);
  }
}

function createWriteError(path: string, cause: unknown): KeepfitError {
  const { code, message } = cause as NodeJS.ErrnoException;
  return new KeepfitError(
    'KEEPFIT_STORE_FAILED',
    `could not write ${path}: ${code ?? message}; give another place`,
    { cause },
  );
}

/**
 * Refuses a path that names no file, or one that must stay.
 *
 * @throws KEEPFIT_INVALID_OPTION when there is such a reason.
 */
async function refuseToReplace(path: string, force: boolean): Promise<void> {
  const stats = await lstat(path).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'ENOENT') throw createWriteError(path, cause);
  });
  if (stats === undefined) {
    if (basename(path) !== '' && !path.endsWith('/') && !path.endsWith(sep)) return;
    throw new KeepfitError('KEEPFIT_INVALID_OPTION', `${formatValue(path)} names no file; give one`);
  }
  if (!stats.isFile()) {
    const kind = stats.isDirectory()
      ? 'is a folder; give a file in it'
      : 'is no regular file; give another name';
    throw new KeepfitError('KEEPFIT_INVALID_OPTION', `${path} ${kind}`);
  }
  if (!force)
    throw new KeepfitError(
      'KEEPFIT_INVALID_OPTION',
      `${path} is there already; give --force to replace it, or another name`,
    );
  if (await isCheckpoint(path)) {
    throw new KeepfitError(
      'KEEPFIT_INVALID_OPTION',
      `${path} is a checkpoint, which an export does not replace; give another name`,
    );
  }
}

async function isCheckpoint(path: string): Promise<boolean> {
  try {
    return (await withFile(path, readStart)).metadata.has('keepfit');
  } catch (error) {
    if (isKeepfitError(error) && error.code === 'KEEPFIT_CHECKPOINT_CORRUPT') return false;
    throw error;
  }
}
