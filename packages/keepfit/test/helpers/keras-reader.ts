import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeSafetensors } from '@keepfit/callbacks/checkpoint';
import { afterAll, beforeAll } from 'vitest';
import { startHdf5Thread, type Hdf5Thread } from '../../src/keras-file/hdf5-thread.js';
import { readKerasFile } from '../../src/keras-file/read-keras-file.js';
import type { Progress } from '../../src/keras-file/read-keras3.js';

/** Reads Keras files as the command does, but with one thread for the tests of a file. */
export function createKerasReader(
  folder: string,
): (bytes: Uint8Array, progress?: Progress) => Promise<Uint8Array> {
  let thread: Hdf5Thread;
  beforeAll(async () => {
    thread = await startHdf5Thread();
  });
  afterAll(() => thread.end());
  let count = 0;
  return async (bytes, progress = () => undefined) => {
    const path = join(folder, `${count++}.keras`);
    writeFileSync(path, bytes);
    const shared = { ...thread, end: async () => undefined };
    const { tensors, metadata } = await readKerasFile(path, progress, async () => shared);
    return encodeSafetensors(tensors, metadata);
  };
}
