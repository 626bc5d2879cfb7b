import { join } from 'node:path';
import { encodeCheckpoint } from '@keepfit/callbacks/checkpoint';
import { fsStore } from '@keepfit/store-fs';
import type { Bench } from '../bench.js';
import { captured } from '../measure/captured.js';
import { checkpointHeader } from '../measure/checkpoint-header.js';
import { memcpy } from '../measure/memcpy.js';
import { quartiles } from '../measure/quartiles.js';
import { threadTime } from '../measure/thread-time.js';
import { mlp } from '../subjects/layers-model.js';
import { startBackend } from '../subjects/start-backend.js';
import { withBallast } from '../subjects/with-ballast.js';

/** How much one backup lets the main thread work, beside one copy of the state within memory. */
export const mainThread: Bench = async ({ row, folder, quick }) => {
  for (const backend of ['cpu', 'wasm'] as const) {
    await startBackend(backend);
    for (const megabytes of [38, 150]) {
      const store = fsStore(join(folder, 'main-thread'));
      const lock = await store.lock?.('backup');
      const ratios: number[] = [];
      const work: number[] = [];
      await captured(withBallast(mlp(), megabytes, 36), async (capture) => {
        for (let run = -1; run < (quick ? 3 : 9); run++) {
          const copy = memcpy(megabytes * 1e6);
          const before = threadTime();
          await store.set('backup', encodeCheckpoint(capture, checkpointHeader()));
          const spent = threadTime() - before;
          if (run < 0) continue;
          work.push(spent);
          ratios.push(spent / copy);
        }
      });
      await lock?.release();
      const { median, low, high } = quartiles(ratios);
      row({
        name: `main-thread work of a backup of ${megabytes} MB ÷ memcpy, ${backend}`,
        limit: 3.5,
        unit: '×',
        value: median,
        spread: [low, high],
        runs: ratios.length,
        facts: { 'work, ms': quartiles(work).median, 'memcpy, ms': quartiles(work).median / median },
      });
    }
  }
};
