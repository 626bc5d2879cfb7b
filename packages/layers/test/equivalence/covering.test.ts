import { expect, test } from 'vitest';
import { choices } from './covering-tests.js';
import type { EquivalenceCase } from './equivalence-case.js';
import { zoo } from './zoo.js';

test('every value of every factor meets every other', () => {
  const met = (a: keyof EquivalenceCase, b: keyof EquivalenceCase) =>
    new Set(choices.map((choice) => `${choice[a]}/${choice[b]}`)).size;
  expect(met('optimizer', 'saveFreq')).toBe(9 * 5);
  expect(met('model', 'source')).toBe(Object.keys(zoo).length * 4);
  expect(met('source', 'stepsPerExecution')).toBe(8);
});
