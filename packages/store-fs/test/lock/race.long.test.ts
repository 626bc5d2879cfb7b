import { expect, test } from 'vitest';
import { runRaces } from '../helpers/run-races.js';

/** What must come out of rounds with 2 to 6 starters: one holds the lock, and all others are refused. */
const EACH = [1, 2, 3, 4, 5].map((refused) => `${refused} KEEPFIT_STORE_LOCKED, 1 held`);

test(
  '1000 races of 2 to 6 trainers for the lock of a killed one have exactly one winner each',
  { timeout: 1_800_000 },
  async () => {
    const { outcomes, leftovers } = await runRaces(1000, 'links', 50);
    expect(outcomes).toEqual(Object.fromEntries(EACH.map((outcome) => [outcome, 200])));
    expect(leftovers).toEqual([]);
  },
);

test(
  '200 races on a file system without hard links have exactly one winner each',
  { timeout: 1_800_000 },
  async () => {
    const { outcomes, leftovers } = await runRaces(200, 'no-links', 50);
    expect(outcomes).toEqual(Object.fromEntries(EACH.map((outcome) => [outcome, 40])));
    expect(leftovers).toEqual([]);
  },
);
