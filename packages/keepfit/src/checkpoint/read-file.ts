import { constants as buffer } from 'node:buffer';
import { constants, type FileHandle, open } from 'node:fs/promises';
import { KeepfitError } from '@keepfit/callbacks';

/** The most bytes that one read can take; larger files are read in parts. */
const LARGEST_READ = 2 ** 30;

/**
 * Reads a whole regular file. If a training replaces its checkpoint meanwhile, the result is the whole old
 * one.
 *
 * @throws KEEPFIT_STORE_FAILED when the file cannot be read.
 */
export async function readFile(path: string): Promise<Uint8Array> {
  try {
    // Without O_NONBLOCK, opening a pipe would wait for a writer.
    const handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      return await readAll(handle);
    } finally {
      await handle.close();
    }
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const reason = code === 'ENOENT' ? 'there is no such file' : (code ?? message);
    throw new KeepfitError(
      'KEEPFIT_STORE_FAILED',
      `could not read ${path}: ${reason}; give a checkpoint file or its folder`,
      { cause },
    );
  }
}

async function readAll(handle: FileHandle): Promise<Uint8Array> {
  const stats = await handle.stat();
  if (!stats.isFile()) throw new Error('it is no regular file');
  if (stats.size > buffer.MAX_LENGTH)
    throw new Error(`it has ${stats.size} bytes, more than this Node can hold`);
  const bytes = new Uint8Array(stats.size);
  for (let offset = 0; offset < bytes.length;) {
    const length = Math.min(bytes.length - offset, LARGEST_READ);
    const { bytesRead } = await handle.read(bytes, offset, length, offset);
    if (bytesRead === 0) throw new Error('it became shorter while it was read');
    offset += bytesRead;
  }
  return bytes;
}
