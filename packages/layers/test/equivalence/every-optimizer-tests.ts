import { cpuBackend } from '@keepfit/backend-cpu';
import { useBackend } from '@keepfit/fit';
import { beforeAll, expect, test } from 'vitest';
import { killed, thrown } from './crash-plans.js';
import { simplestCase } from './equivalence-case.js';
import { proveEquivalence } from './prove-equivalence.js';

/**
 * Registers, for each of these optimizers, the test of a training that crashes in a step and within an epoch, on
 * these models. The state is compared after each batch too.
 */
export function testOptimizers(optimizers: readonly string[], models: readonly string[]): void {
  beforeAll(() => useBackend(cpuBackend()));

  test.each(optimizers)(
    'a training with %s that crashes ends as if nothing had happened',
    async (optimizer) => {
      for (const model of models) {
        const crashes = [thrown('step', 4), killed('onTrainBatchEnd', 4), killed('onTrainEnd', 1)];
        const setting = {
          model,
          optimizer,
          crashes,
          saveFreq: 1,
          watched: true,
          validation: 'arrays',
        } as const;
        const verdict = await proveEquivalence({ ...simplestCase, ...setting });
        expect(verdict).toEqual({ differences: [], crashes: 3 });
      }
    },
  );
}
