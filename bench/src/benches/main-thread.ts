import { join } from 'node:path';
import { fsStore } from '@keepfit/store-fs';
import type { Bench } from '../bench.js';
import { compareWithMemcpy } from '../measure/main-thread-work.js';
import { withCapture } from '../measure/with-capture.js';
import { addBallast } from '../subjects/add-ballast.js';
import { createMlp } from '../subjects/layers-model.js';
import { startBackend } from '../subjects/start-backend.js';

/** Compares the main thread's CPU time for one backup with one copy of the state within memory. */
export const mainThread: Bench = async ({ row, folder, quick }) => {
  for (const backend of ['cpu', 'wasm'] as const) {
    await startBackend(backend);
    for (const megabytes of [38, 150]) {
      const store = fsStore(join(folder, 'main-thread'));
      const lock = await store.lock?.('backup');
      await withCapture(addBallast(createMlp(), megabytes, 36), async (capture) => {
        const work = await compareWithMemcpy(store, capture, megabytes, quick ? 3 : 9);
        row({ name: `main-thread work of a backup of ${megabytes} MB ÷ memcpy, ${backend}`, ...work });
      });
      await lock?.release();
    }
  }
};
