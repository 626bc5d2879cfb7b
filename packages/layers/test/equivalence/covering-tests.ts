import { cpuBackend } from '@keepfit/backend-cpu';
import { useBackend } from '@keepfit/fit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sample } from '../../../../test/setup/sample.js';
import { coveringChoices } from './covering.js';
import { crashPlans } from './crash-plans.js';
import { type EquivalenceCase } from './equivalence-case.js';
import { tfjsOptimizers } from './optimizers.js';
import { proveEquivalence } from './prove-equivalence.js';
import { SOURCES } from './sources.js';
import { plainZoo } from './plain-zoo.js';
import { zoo } from './zoo.js';

export const choices = coveringChoices<EquivalenceCase & { readonly plan: keyof typeof crashPlans }>({
  model: Object.keys(zoo),
  plan: Object.keys(crashPlans),
  optimizer: Object.keys(tfjsOptimizers),
  saveFreq: [1, 2, 3, 7, 'epoch'],
  source: SOURCES,
  validation: ['arrays', 'stream', 'split', 'none'],
  stepsPerExecution: [1, 3],
  shards: [1, 2, 3],
  workers: [0, 2],
  replay: [false, true],
  stepsPerEpoch: [null, 3],
  doubleCheckpoint: [false, true],
  backupAt: ['first', 'last'],
  watched: [false, true],
});

/** Models of each kind that train fast, so that more of their cases are tried. */
const FAST: readonly string[] = ['mlp', ...Object.keys(plainZoo)];

/** Registers, for each of these models, the test of the choices that it is in. */
export function coveringTests(models: readonly string[]): void {
  const counts = { cases: 0, crashes: 0, differences: 0 };

  beforeAll(() => useBackend(cpuBackend()));
  afterAll(() =>
    console.log(
      `covering sample: ${counts.cases} cases, ${counts.crashes} crashes, differences: ${counts.differences}`,
    ),
  );

  describe.each(models)('%s', (model) => {
    test('ends as if nothing had happened, whatever it is trained with and wherever it crashes', async () => {
      const found: string[] = [];
      const own = choices.filter((one) => one.model === model);
      for (const { plan, ...choice } of sample(own, FAST.includes(model) ? 4 : 8)) {
        const theCase = { ...choice, crashes: crashPlans[plan] ?? [] };
        const { differences, crashes } = await proveEquivalence(theCase);
        counts.cases += 1;
        counts.crashes += crashes;
        counts.differences += differences.length;
        if (differences.length > 0) found.push(`${JSON.stringify(theCase)}\n  ${differences.join('\n  ')}`);
      }
      expect(found.join('\n')).toBe('');
    });
  });
}
