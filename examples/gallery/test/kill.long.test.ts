import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createRunner, type Runner } from '../node/run-process.js';

let runner: Runner;

beforeAll(async () => {
  runner = await createRunner();
});
afterAll(() => runner.close());

test.each([
  { name: 'penguins', epochs: 4, samples: 120, killAfter: 11 },
  { name: 'fashion', epochs: 3, samples: 768, killAfter: 23 },
  { name: 'series', epochs: 4, samples: 200, killAfter: 11 },
  { name: 'gpt', epochs: 2, samples: 120, killAfter: 11 },
] as const)(
  '$name, killed by SIGKILL in mid-training, continues in a new process to the same weights and history',
  async ({ killAfter, ...training }) => {
    const folder = await mkdtemp(join(tmpdir(), 'keepfit-gallery-'));
    try {
      const killed = { ...training, folder: join(folder, 'killed') };
      expect((await runner.run({ ...killed, killAfter })).result).toBeUndefined();
      const resumed = await runner.run(killed);
      // Not from the backup of the beginning: a due backup waits for the last one, which is durable then.
      expect(resumed.output).toMatch(/Resumed at epoch (?!1 of \d+, batch 1 )/);

      const whole = await runner.run({ ...training, folder: join(folder, 'whole') });
      expect(whole.output).not.toMatch(/Resumed/);
      expect(resumed.result?.digest).toMatchObject({ weights: expect.stringMatching(/^[0-9a-f]{64}$/) });
      expect(resumed.result).toEqual(whole.result);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
);
