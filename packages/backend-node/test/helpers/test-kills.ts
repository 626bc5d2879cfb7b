import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { hasAddon } from './has-addon.js';
import type { SubjectName } from './models.js';
import { trainInProcess } from './train-in-process.js';

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
