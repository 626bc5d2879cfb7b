import { cpuBackend } from '@keepfit/backend-cpu';
import type { SaveFreq } from '@keepfit/callbacks';
import { useBackend } from '@keepfit/fit';
import { beforeAll, describe, expect, test } from 'vitest';
import { crashAndResume } from './crash-and-resume.js';
import { type Ended, trainPlain } from './train-plain.js';

/** Crashes two and three times in one epoch, with each of these frequencies of the backup. */
export function testCrashesInOneEpoch(saveFreqs: readonly SaveFreq[]): void {
  let uninterrupted: Ended;

  beforeAll(async () => {
    await useBackend(cpuBackend());
    uninterrupted = await trainPlain();
  });

  describe('two and three crashes in one epoch', () => {
    const point = (call: number) => ({ hook: 'onTrainBatchEnd', call }) as const;

    test.each(saveFreqs)('with saveFreq %s end as if nothing had happened', async (saveFreq) => {
      // With a backup each batch, a crash in the n-th batch's end leaves n - 1 behind.
      for (const calls of [
        [6, 2],
        [6, 2, 2],
        [5, 1, 1],
        [7, 1, 1],
      ]) {
        const { proof, whole } = await crashAndResume({ backup: { saveFreq }, crashes: calls.map(point) });
        expect(proof, String(calls)).toEqual(uninterrupted.proof);
        expect(whole.history).toEqual(uninterrupted.whole.history);
      }
    });
  });
}
