import { cpuBackend } from '@keepfit/backend-cpu';
import { BackupAndRestore, type CheckpointStore, type HookName } from '@keepfit/callbacks';
import { useBackend } from '@keepfit/fit';
import { memoryStore } from '@keepfit/store-memory';
import { beforeAll, describe, expect, test } from 'vitest';
import { caught } from '../../../fit/test/helpers/caught.js';
import { continueOnce } from '../../../fit/test/helpers/continue-once.js';
import { callsFrom, comparable } from '../../../fit/test/helpers/record-hooks.js';
import { storedProgress } from '../../../fit/test/helpers/stored.js';
import { sampleCalls } from '../../../fit/test/helpers/sample-calls.js';
import { throwAt } from '../../../fit/test/helpers/throw-at.js';
import { BATCHES, type Ended, EPOCHS, TEST_BATCHES, trainConvnet } from './train-convnet.js';

const CALLS: Partial<Record<HookName, number>> = {
  onTrainBatchBegin: EPOCHS * BATCHES,
  onTrainBatchEnd: EPOCHS * BATCHES,
  onEpochBegin: EPOCHS,
  onEpochEnd: EPOCHS,
  onTestBatchEnd: EPOCHS * TEST_BATCHES,
};

/**
 * Registers, for each frequency of backups, the tests in which one of these hooks, by default any, throws at
 * each of its calls and the next run continues.
 */
export function testEveryCrash(
  saveFreqs: readonly (number | 'epoch')[],
  hooks = Object.keys(CALLS) as HookName[],
): void {
  let uninterrupted: Ended;

  beforeAll(async () => {
    await useBackend(cpuBackend());
    uninterrupted = await trainConvnet();
  });

  describe.each(saveFreqs)('with saveFreq %s', (saveFreq) => {
    test.each(hooks)('a crash in any call of %s ends as if nothing had happened', async (hook) => {
      const backup = (store: CheckpointStore) => new BackupAndRestore(store, { saveFreq });
      const resume = continueOnce(async (store) => ({
        ...(await trainConvnet({ init: 99, callbacks: [backup(store)] })),
        left: await store.keys(),
      }));
      for (const call of sampleCalls(CALLS[hook]!, saveFreq)) {
        const store = memoryStore();
        const crashing = trainConvnet({ callbacks: [backup(store), throwAt({ hook, call })] });
        expect((await caught(crashing)).code).toBe('KEEPFIT_HOOK_FAILED');
        const saved = await storedProgress(store);
        const { proof, whole, returned, calls, left } = await resume(store);
        expect(proof, `${hook} ${call}`).toEqual(uninterrupted.proof);
        expect(whole.history).toEqual(uninterrupted.whole.history);
        expect(returned.epoch).toEqual([0, 1].slice(saved.epoch));
        expect(comparable(calls), `${hook} ${call}`).toEqual(
          comparable(callsFrom(uninterrupted.calls, saved)),
        );
        expect(left).toEqual([]);
      }
    });
  });
}
