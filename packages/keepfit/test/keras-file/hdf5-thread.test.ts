import { once } from 'node:events';
import type { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { readKerasFile } from '../../../layers/test/helpers/keras-files.js';
import { withHdf5 } from '../../src/keras-file/hdf5.js';
import { startHdf5Thread, type ThreadLimits } from '../../src/keras-file/hdf5-thread.js';
import { isKeras2, readKeras2 } from '../../src/keras-file/read-keras2.js';

/** Reads a file in a thread of its own, and checks that the thread has ended. */
async function read(bytes: Uint8Array, limits: Partial<ThreadLimits>): Promise<unknown> {
  const started = once(process, 'worker') as Promise<[Worker]>;
  const reading = withHdf5(
    bytes,
    async (file) => (await isKeras2(file)) && readKeras2(file, () => undefined),
    () => startHdf5Thread(limits),
  );
  const [thread] = await started;
  let isOver = false;
  thread.once('exit', () => (isOver = true));
  return reading.finally(() => expect(isOver).toBe(true));
}

test('ends the library if a damaged file keeps it busy without end', async () => {
  const bytes = readKerasFile('plain.h5');
  // Within the list of free places in a heap of names.
  bytes[2057] = 93;
  await expect(read(bytes, { patience: 200 })).rejects.toThrow(
    /KEEPFIT_CHECKPOINT_CORRUPT: .*has not answered for 0\.2 s; save the model again/,
  );
});
