import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cpuBackend } from '@keepfit/backend-cpu';
import { useBackend } from '@keepfit/fit';
import { beforeAll, expect, test } from 'vitest';
import { programFile } from '../../../../test/programs/program-file.js';
import { sample } from '../../../../test/setup/sample.js';
import { killed } from './crash-plans.js';
import { digestOf } from './digest-of.js';
import { type EquivalenceCase, simplestCase } from './equivalence-case.js';
import { trainAttempt } from './train-attempt.js';
import type { ProcessOrder } from './train-in-process.js';

beforeAll(() => useBackend(cpuBackend()));

const PROGRAM = programFile('packages/layers/test/equivalence/train-in-process.ts');

const cases: readonly (readonly [model: string, change: Partial<EquivalenceCase>])[] = [
  [
    'plain variables',
    { optimizer: 'adamax', saveFreq: 2, crashes: [killed('step', 6), killed('onTestBatchEnd', 1)] },
  ],
  [
    'convnet with batch norm, dropout and noise',
    { optimizer: 'adam', saveFreq: 1, source: 'tf.data', crashes: [killed('step', 7)] },
  ],
  [
    'stateful LSTM',
    {
      optimizer: 'rmsprop, centered',
      saveFreq: 'epoch',
      doubleCheckpoint: true,
      crashes: [killed('onEpochEnd', 2)],
    },
  ],
];

test.concurrent.each(sample(cases, 2))(
  '%s, killed by SIGKILL, goes on in a fresh process as if nothing had happened',
  async (model, change) => {
    const theCase: EquivalenceCase = { ...simplestCase, model, validation: 'arrays', ...change };
    const folder = await mkdtemp(join(tmpdir(), 'keepfit-killed-'));
    try {
      const whole = digestOf(
        await trainAttempt(theCase, { init: 1, crash: undefined, onCrash: () => undefined }),
      );
      for (const [attempt, crash] of theCase.crashes.entries()) {
        await expect(
          train({ theCase, init: attempt === 0 ? 1 : 100 + attempt, folder, crash }),
        ).rejects.toMatchObject({ signal: 'SIGKILL' });
      }
      expect(await train({ theCase, init: 99, folder })).toBe(whole);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
);

/** Trains in a new process and resolves to a digest of the results. */
async function train(order: ProcessOrder): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM, JSON.stringify(order)]);
  expect(stdout).toMatch(/^[0-9a-f]{64}$/);
  return stdout;
}
