import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { programFile } from '../../../../test/programs/program-file.js';
import { hasAddon } from './has-addon.js';
import type { SubjectName } from './models.js';
import type { TrainOrder, TrainReport } from './train-process.js';

const PROGRAM = programFile('packages/backend-node/test/helpers/train-process.ts');

/** Registers a test for each model. */
export function testKills(names: readonly SubjectName[]): void {
  test.skipIf(!hasAddon).each(names)(
    '%s, killed by SIGKILL twice, ends with the bits of an uninterrupted run',
    async (name) => {
      const folder = await mkdtemp(join(tmpdir(), 'keepfit-node-'));
      try {
        const order = { name, threads: 3 };
        const whole = await trainInProcess({ ...order, init: 1 });
        expect(whole.batches).toBe(12);
        // Only the first has the initial weights of the uninterrupted run.
        for (const [attempt, killAt] of [6, 3].entries())
          await expect(trainInProcess({ ...order, init: 1 + attempt, folder, killAt })).rejects.toMatchObject(
            {
              signal: 'SIGKILL',
            },
          );
        const resumed = await trainInProcess({ ...order, init: 99, folder });
        expect(resumed.batches).toBeLessThan(8);
        expect(resumed).toMatchObject({ digest: whole.digest, kernels: whole.kernels });
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
  );
}

/** Trains in a new process and resolves to its report. */
export async function trainInProcess(order: TrainOrder): Promise<TrainReport> {
  const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM, JSON.stringify(order)]);
  return JSON.parse(stdout) as TrainReport;
}
