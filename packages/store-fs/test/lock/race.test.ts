import { expect, test } from 'vitest';
import { runRaces } from '../helpers/run-races.js';

/** What must come out of rounds with 2 to 6 starters: one holds the lock, and all others are refused. */
const EACH = [1, 2, 3, 4, 5].map((refused) => `${refused} KEEPFIT_STORE_LOCKED, 1 held`);

test('of 2 to 6 trainers that race for the lock of a killed one, exactly one gets it', async () => {
  const { outcomes, leftovers } = await runRaces(20);
  expect(outcomes).toEqual(Object.fromEntries(EACH.map((outcome) => [outcome, 4])));
  expect(leftovers).toEqual([]);
});

test('the same on a file system without hard links', async () => {
  const { outcomes, leftovers } = await runRaces(10, 'no-links');
  expect(outcomes).toEqual(Object.fromEntries(EACH.map((outcome) => [outcome, 2])));
  expect(leftovers).toEqual([]);
});
