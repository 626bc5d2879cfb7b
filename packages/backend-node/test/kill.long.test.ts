import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { hasAddon } from './helpers/has-addon.js';
import { testKills } from './helpers/test-kills.js';
import { trainInProcess } from './helpers/train-in-process.js';

testKills(['mlp', 'lstm', 'embedding and GRU']);

test.skipIf(!hasAddon)(
  'another number of threads rounds differently, so its checkpoint is refused',
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'keepfit-node-'));
    try {
      const [one, three] = [
        await trainInProcess({ name: 'mlp', init: 1, threads: 1 }),
        await trainInProcess({ name: 'mlp', init: 1, threads: 3 }),
      ];
      expect(one.digest).not.toBe(three.digest);
      expect(one.kernels).toContain(', 1 thread, ');
      expect(three.kernels).toContain(', 3 threads, ');
      await expect(
        trainInProcess({ name: 'mlp', init: 1, threads: 3, folder, killAt: 6 }),
      ).rejects.toMatchObject({ signal: 'SIGKILL' });
      await expect(trainInProcess({ name: 'mlp', init: 1, threads: 1, folder })).rejects.toThrow(
        /KEEPFIT_CHECKPOINT_MISMATCH/,
      );
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
);
