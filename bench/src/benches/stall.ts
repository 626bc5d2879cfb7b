import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Bench } from '../bench.js';
import { timeMemcpy } from '../measure/yardsticks.js';
import { getQuantile, getQuartiles } from '../measure/quartiles.js';
import { getExtraTime, timeSteps } from '../measure/time-steps.js';
import { createMlp } from '../subjects/layers-model.js';
import { startBackend } from '../subjects/start-backend.js';
import { addBallast } from '../subjects/add-ballast.js';

/**
 * Measures the cost of a backup for the steps beside it: their 99th percentile minus the other steps' 99th
 * percentile.
 */
export const stall: Bench = async ({ row, folder, quick }) => {
  for (const backend of ['cpu', 'wasm'] as const) {
    await startBackend(backend);
    for (const megabytes of [38, 150]) {
      const runs = [];
      for (let run = 0; run < (quick ? 1 : 3); run++) {
        const model = addBallast(createMlp(), megabytes, 36);
        // Far enough apart that no backup waits for the previous one, because a step passes on 3 MiB.
        const steps = backend === 'cpu' ? 500 : 1500;
        runs.push(await timeSteps(model, join(folder, 'stall'), steps, steps / 4));
        for (const { variable } of model.weights) variable.dispose();
        rmSync(join(folder, 'stall'), { recursive: true });
      }
      const { median, low, high } = getQuartiles(runs.map((run) => getExtraTime(run, 0.99)));
      const copy = timeMemcpy(megabytes * 1e6);
      const all = {
        during: runs.flatMap(({ during }) => during),
        outside: runs.flatMap(({ outside }) => outside),
      };
      row({
        name: `p99 extra time of a step during a backup of ${megabytes} MB, ${backend}`,
        unit: 'ms',
        tolerance: 0.5,
        value: median,
        spread: [low, high],
        runs: runs.length,
        facts: {
          'memcpy of the state, ms': copy,
          'steps during backups': all.during.length,
          'their median, ms': getQuantile(all.during, 0.5),
          'their p99, ms': getQuantile(all.during, 0.99),
          'median of the others, ms': getQuantile(all.outside, 0.5),
          'p99 of the others, ms': getQuantile(all.outside, 0.99),
        },
      });
    }
  }
};
