import { join } from 'node:path';
import { encodeCheckpoint } from '@keepfit/callbacks/checkpoint';
import { fsStore } from '@keepfit/store-fs';
import type { Bench } from '../bench.js';
import { getThreadTime } from '../measure/clocks.js';
import { getQuartiles } from '../measure/quartiles.js';
import { withCapture, createHeader } from '../measure/with-capture.js';
import { timeMemcpy } from '../measure/yardsticks.js';
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
      const ratios: number[] = [];
      const work: number[] = [];
      await withCapture(addBallast(createMlp(), megabytes, 36), async (capture) => {
        for (let run = -1; run < (quick ? 3 : 9); run++) {
          const copy = timeMemcpy(megabytes * 1e6);
          const before = getThreadTime();
          await store.set('backup', encodeCheckpoint(capture, createHeader()));
          const spent = getThreadTime() - before;
          if (run < 0) continue;
          work.push(spent);
          ratios.push(spent / copy);
        }
      });
      await lock?.release();
      const { median, low, high } = getQuartiles(ratios);
      row({
        name: `main-thread work of a backup of ${megabytes} MB ÷ memcpy, ${backend}`,
        unit: '×',
        value: median,
        spread: [low, high],
        runs: ratios.length,
        facts: { 'work, ms': getQuartiles(work).median, 'memcpy, ms': getQuartiles(work).median / median },
      });
    }
  }
};
