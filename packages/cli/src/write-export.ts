import { randomUUID } from 'node:crypto';
import { lstat, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isKeepfitError, KeepfitError } from '@keepfit/callbacks';
import { readSafetensors } from '@keepfit/callbacks/checkpoint';
import { readFile } from './read-file.js';

/**
 * Writes a file whole or not at all: beside its place first, then renamed. One that is there is replaced only with `force`, and a
 * checkpoint of keepfit never: a training may be going on from it.
 *
 * @throws KEEPFIT_INVALID_OPTION, KEEPFIT_STORE_FAILED
 */
export async function writeExport(path: string, bytes: Uint8Array, force: boolean): Promise<void> {
  await refuseToReplace(path, force);
  const temp = join(dirname(path), `.${basename(path)}.${randomUUID()}.tmp`);
  try {
    const handle = await open(temp, 'wx');
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temp, path);
  } catch (cause) {
    // The error that led here is what counts.
    await rm(temp, { force: true }).catch(() => undefined);
    const { code, message } = cause as NodeJS.ErrnoException;
    throw new KeepfitError(
      'KEEPFIT_STORE_FAILED',
      `could not write ${path}: ${code ?? message}; give another place`,
      { cause },
    );
  }
}

async function refuseToReplace(path: string, force: boolean): Promise<void> {
  const stats = await lstat(path).catch(() => undefined);
  if (stats === undefined) return;
  if (!force)
    throw new KeepfitError(
      'KEEPFIT_INVALID_OPTION',
      `${path} is there already; give --force to replace it, or another name`,
    );
  if (!stats.isFile())
    throw new KeepfitError('KEEPFIT_INVALID_OPTION', `${path} is no regular file; give another name`);
  if (await isCheckpoint(path)) {
    throw new KeepfitError(
      'KEEPFIT_INVALID_OPTION',
      `${path} is a checkpoint, which an export does not replace; give another name`,
    );
  }
}

async function isCheckpoint(path: string): Promise<boolean> {
  const bytes = await readFile(path);
  try {
    return readSafetensors(bytes).metadata.has('keepfit');
  } catch (error) {
    if (isKeepfitError(error)) return false;
    throw error;
  }
}
