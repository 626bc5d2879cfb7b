import { sample } from '../../../../test/setup/sample.js';

/** The calls of a hook in which training crashes, from 1: a sample that meets each distance from the last backup. */
export function sampleCalls(count: number, saveFreq: number | 'epoch'): readonly number[] {
  const calls = Array.from({ length: count }, (_, index) => index + 1);
  // The distance between two of them has no factor in common with that of the backups.
  return sample(calls, saveFreq === 3 ? 4 : 3);
}
