import { cpuBackend } from '@keepfit/backend-cpu';
import { useBackend } from '@keepfit/fit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PLACES } from './crash-plans.js';
import { type Crash, type EquivalenceCase, simplestCase } from './equivalence-case.js';
import { proveEquivalence } from './prove-equivalence.js';

const counts = { cases: 0, crashes: 0, differences: 0 };

beforeAll(() => useBackend(cpuBackend()));
afterAll(() =>
  console.log(
    `every crash point: ${counts.cases} cases, ${counts.crashes} crashes, differences: ${counts.differences}`,
  ),
);

/** All that makes resuming hard, on the smallest model. */
const hard: EquivalenceCase = {
  ...simplestCase,
  model: 'plain variables',
  optimizer: 'adam',
  validation: 'arrays',
  watched: true,
};

/** Differences by the calls at which they were met. */
async function crashEverywhere(theCase: EquivalenceCase, crashesOf: (call: number) => readonly Crash[]) {
  const found: string[] = [];
  for (let call = 1; ; call++) {
    const { differences, crashes } = await proveEquivalence({ ...theCase, crashes: crashesOf(call) });
    counts.cases += 1;
    counts.crashes += crashes;
    counts.differences += differences.length;
    found.push(...differences.map((difference) => `call ${call}: ${difference}`));
    // A call that is not reached is beyond the last one.
    if (crashes === 0) return { found, points: call - 1 };
  }
}

const ways: [string, Partial<EquivalenceCase>][] = [
  ['a backup each batch', { saveFreq: 1 }],
  [
    'a backup each third batch, three an execution, a stream',
    { saveFreq: 3, stepsPerExecution: 3, source: 'stream that is skipped' },
  ],
  ['a backup each epoch', { saveFreq: 'epoch', backupAt: 'last', stepsPerEpoch: 3 }],
];

describe.each(ways)('with %s', (_way, change) => {
  test.each(PLACES)('a crash in any call of %s ends as if nothing had happened', async (at) => {
    for (const how of ['throw', 'kill'] as const) {
      const { found, points } = await crashEverywhere({ ...hard, ...change }, (call) => [{ at, call, how }]);
      expect(found).toEqual([]);
      expect(points).toBeGreaterThanOrEqual(1);
    }
  });
});

test.each([
  'onTrainBegin',
  'onEpochBegin',
  'onTrainBatchBegin',
  'step',
  'onTrainBatchEnd',
  'onTestBegin',
  'onEpochEnd',
] as const)(
  'a crash in any batch, and one in the first call of %s after the resume, end as if nothing had happened',
  async (at) => {
    const again = [
      { at, call: 1, how: 'throw' },
      { at, call: 1, how: 'kill' },
    ] as const;
    const crashes = (call: number) => [{ at: 'onTrainBatchEnd', call, how: 'kill' } as const, ...again];
    const { found, points } = await crashEverywhere({ ...hard, saveFreq: 2 }, crashes);
    expect(found).toEqual([]);
    expect(points).toBe(12);
  },
);
