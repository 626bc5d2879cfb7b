import { expect, test } from 'vitest';
import { triesAll } from '../../../../test/setup/sample.js';
import {
  byThree,
  countCrashes,
  crashEverywhere,
  hard,
  replayedBackups,
  testEveryPlace,
} from './crash-everywhere.js';

countCrashes();
testEveryPlace(...byThree, ['throw']);
testEveryPlace('a backup each batch', { saveFreq: 1 }, ['kill']);
testEveryPlace('a backup each epoch', { saveFreq: 'epoch', backupAt: 'last', stepsPerEpoch: 3 }, ['throw']);

testEveryPlace('a backup each batch of replayed steps', replayedBackups, ['kill', 'throw']);

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
    // Before and after a backup: those are of each second batch.
    const { found, points } = await crashEverywhere({ ...hard, saveFreq: 2 }, crashes, triesAll ? 1 : 7);
    expect(found).toEqual([]);
    expect(points).toBeGreaterThanOrEqual(12);
  },
);
