import { cpuBackend } from '@keepfit/backend-cpu';
import { useBackend } from '@keepfit/fit';
import { beforeAll, expect, test } from 'vitest';
import { sample } from '../../../../test/setup/sample.js';
import { simplestCase } from './equivalence-case.js';
import { trainAttempt } from './train-attempt.js';
import { zoo } from './zoo.js';

beforeAll(() => useBackend(cpuBackend()));

test.each(sample(Object.keys(zoo), 2))('%s trains, and its seed decides', async (model) => {
  const theCase = { ...simplestCase, model, validation: 'arrays' } as const;
  const { ended, error } = await trainAttempt(theCase, { init: 1 });
  if (error) throw error;
  expect(ended).toBeDefined();
  const again = await trainAttempt(theCase, { init: 1 });
  expect(again.ended).toEqual(ended);
});
