import { expect, test } from 'vitest';
import { triesAll } from '../../../../test/setup/sample.js';
import { runRaces } from '../helpers/run-races.js';

/** What must come out of rounds with 2 to 6 starters: one holds the lock, and all others are refused. */
const EACH = [1, 2, 3, 4, 5].map((refused) => `${refused} KEEPFIT_STORE_LOCKED, 1 held`);

const [linked, linkless] = triesAll ? [1000, 200] : [200, 50];

test(
  `${linked} races of 2 to 6 trainers for the lock of a killed one have exactly one winner each`,
  { timeout: 1_800_000 },
  async () => {
    const { outcomes, leftovers } = await runRaces(linked, 'links', 50);
    expect(outcomes).toEqual(Object.fromEntries(EACH.map((outcome) => [outcome, linked / 5])));
    expect(leftovers).toEqual([]);
  },
);

test(
  `${linkless} races on a file system without hard links have exactly one winner each`,
  { timeout: 1_800_000 },
  async () => {
    const { outcomes, leftovers } = await runRaces(linkless, 'no-links', 50);
    expect(outcomes).toEqual(Object.fromEntries(EACH.map((outcome) => [outcome, linkless / 5])));
    expect(leftovers).toEqual([]);
  },
);
