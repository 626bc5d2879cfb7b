import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Bench } from '../bench.js';
import { memcpy } from '../measure/memcpy.js';
import { quantile, quartiles } from '../measure/quartiles.js';
import { extraTime, stepsBesideBackups } from '../measure/steps-beside-backups.js';
import { mlp } from '../subjects/layers-model.js';
import { startBackend } from '../subjects/start-backend.js';
import { withBallast } from '../subjects/with-ballast.js';

/** What a backup costs the steps that are trained beside it: the 99th percentile during backups, less that of the other steps. */
export const stall: Bench = async ({ row, folder, quick }) => {
  for (const backend of ['cpu', 'wasm'] as const) {
    await startBackend(backend);
    for (const megabytes of [38, 150]) {
      const runs = [];
      for (let run = 0; run < (quick ? 1 : 3); run++) {
        const model = withBallast(mlp(), megabytes, 36);
        // Far enough apart that no backup waits for the one before: a step passes on 3 MiB.
        const steps = backend === 'cpu' ? 500 : 1500;
        runs.push(await stepsBesideBackups(model, join(folder, 'stall'), steps, steps / 4));
        for (const { variable } of model.weights) variable.dispose();
        rmSync(join(folder, 'stall'), { recursive: true });
      }
      const { median, low, high } = quartiles(runs.map((run) => extraTime(run, 0.99)));
      const copy = memcpy(megabytes * 1e6);
      const all = {
        during: runs.flatMap(({ during }) => during),
        outside: runs.flatMap(({ outside }) => outside),
      };
      row({
        name: `p99 extra time of a step during a backup of ${megabytes} MB, ${backend}`,
        limit: Math.max(2, 0.1 * copy),
        unit: 'ms',
        value: median,
        spread: [low, high],
        runs: runs.length,
        facts: {
          'memcpy of the state, ms': copy,
          'steps during backups': all.during.length,
          'their median, ms': quantile(all.during, 0.5),
          'their p99, ms': quantile(all.during, 0.99),
          'median of the others, ms': quantile(all.outside, 0.5),
          'p99 of the others, ms': quantile(all.outside, 0.99),
        },
      });
    }
  }
};
