import { expect, test } from 'vitest';
import {
  byThree,
  countCrashes,
  crashEverywhere,
  hard,
  replayedBackups,
  testEveryPlace,
} from './crash-everywhere.js';

countCrashes();
testEveryPlace(...byThree, ['kill']);

test.each(['before', 'after'] as const)(
  'a kill %s any write of two checkpoints of replayed steps ends as if nothing had happened',
  async (when) => {
    const { found, points } = await crashEverywhere({ ...hard, ...replayedBackups }, (call) => [
      { at: 'set', call, how: 'kill', when },
    ]);
    expect(found).toEqual([]);
    expect(points).toBe(13);
  },
);
