import { cpuBackend } from '@keepfit/backend-cpu';
import { useBackend } from '@keepfit/fit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { triesAll } from '../../../../test/setup/sample.js';
import { PLACES } from './crash-plans.js';
import { type Crash, type EquivalenceCase, simplestCase } from './equivalence-case.js';
import { proveEquivalence } from './prove-equivalence.js';

const counts = { cases: 0, crashes: 0, differences: 0 };

/** All that makes resuming hard, on the smallest model. */
export const hard: EquivalenceCase = {
  ...simplestCase,
  model: 'plain variables',
  optimizer: 'adam',
  validation: 'arrays',
  watched: true,
};

/** A way to train: its name, and how it differs from the hard one. */
export const byThree = [
  'a backup each third batch, three an execution, a stream',
  { saveFreq: 3, stepsPerExecution: 3, source: 'stream that is skipped' },
] as const;

/** Backups of replayed steps, of which most are not verified when they are written. To watch them would verify them. */
export const replayedBackups: Partial<EquivalenceCase> = { saveFreq: 1, replay: true, watched: false };

/** Differences by the calls at which they were met: each n-th call from the first on. */
export async function crashEverywhere(
  theCase: EquivalenceCase,
  crashesOf: (call: number) => readonly Crash[],
  n = 1,
) {
  const found: string[] = [];
  for (let call = 1; ; call += n) {
    const { differences, crashes } = await proveEquivalence({ ...theCase, crashes: crashesOf(call) });
    counts.cases += 1;
    counts.crashes += crashes;
    counts.differences += differences.length;
    found.push(...differences.map((difference) => `call ${call}: ${difference}`));
    // A call that is not reached is beyond the last one.
    if (crashes === 0) return { found, points: call - 1 };
  }
}

/** Registers the tests of a way to train, in which it crashes in the calls of each place, in each of these ways. */
export function testEveryPlace(
  way: string,
  change: Partial<EquivalenceCase>,
  ways: readonly Crash['how'][],
): void {
  describe(`with ${way}`, () => {
    test.each(PLACES)('a crash in any call of %s ends as if nothing had happened', async (at) => {
      for (const how of ways) {
        const crashesOf = (call: number) => [{ at, call, how }];
        const { found, points } = await crashEverywhere(
          { ...hard, ...change },
          crashesOf,
          triesAll ? 1 : 3 + 2 * ways.length,
        );
        expect(found).toEqual([]);
        expect(points).toBeGreaterThanOrEqual(1);
      }
    });
  });
}

/** Prints at the end how much was tried. */
export function countCrashes(): void {
  beforeAll(() => useBackend(cpuBackend()));
  afterAll(() =>
    console.log(
      `every crash point: ${counts.cases} cases, ${counts.crashes} crashes, differences: ${counts.differences}`,
    ),
  );
}
