import { cpuBackend } from '@keepfit/backend-cpu';
import { BackupAndRestore, type HookName } from '@keepfit/callbacks';
import { useBackend } from '@keepfit/fit';
import { memoryStore } from '@keepfit/store-memory';
import { beforeAll, describe, expect, test } from 'vitest';
import { continueOnce } from './continue-once.js';
import { callsFrom, comparable } from './record-hooks.js';
import { storedProgress } from './stored.js';
import { sampleCalls } from './sample-calls.js';
import { throwAt } from './throw-at.js';
import { BATCHES, type Ended, EPOCHS, TEST_BATCHES, trainPlain } from './train-plain.js';

/** How often each hook is called in the uninterrupted run. */
const CALLS: Partial<Record<HookName, number>> = {
  onTrainBatchBegin: EPOCHS * BATCHES,
  onTrainBatchEnd: EPOCHS * BATCHES,
  onEpochBegin: EPOCHS,
  onEpochEnd: EPOCHS,
  onTestBatchEnd: EPOCHS * TEST_BATCHES,
};

/** How many train batches are trained, hooks and all, when a hook is called for the n-th time. */
function batchesBefore(hook: HookName, call: number): number {
  if (hook === 'onEpochBegin') return (call - 1) * BATCHES;
  if (hook === 'onEpochEnd') return call * BATCHES;
  if (hook === 'onTestBatchEnd') return Math.ceil(call / TEST_BATCHES) * BATCHES;
  return call - 1;
}

/**
 * Registers, for each frequency of backups, the tests in which a hook throws at each of its calls and the
 * next run continues.
 */
export function testEveryCrash(saveFreqs: readonly (number | 'epoch')[]): void {
  let uninterrupted: Ended;

  beforeAll(async () => {
    await useBackend(cpuBackend());
    uninterrupted = await trainPlain();
  });

  describe.each(saveFreqs)('with saveFreq %s', (saveFreq) => {
    test.each(Object.keys(CALLS) as HookName[])(
      'a crash in any call of %s ends as if nothing had happened',
      async (hook) => {
        const backup = { saveFreq };
        const resume = continueOnce(async (store) => ({
          ...(await trainPlain({ init: 99, before: [new BackupAndRestore(store, backup)] })),
          left: await store.keys(),
        }));
        for (const call of sampleCalls(CALLS[hook]!, saveFreq)) {
          const store = memoryStore();
          const failing = trainPlain({
            before: [new BackupAndRestore(store, backup)],
            after: [throwAt({ hook, call })],
          });
          await expect(failing).rejects.toMatchObject({ code: 'KEEPFIT_HOOK_FAILED' });

          const saved = await storedProgress(store);
          const done = batchesBefore(hook, call);
          const epochsDone =
            hook === 'onEpochEnd'
              ? call - 1
              : Math.floor((done - (hook === 'onTestBatchEnd' ? 1 : 0)) / BATCHES);
          expect(saved.step, `saved step, ${hook} ${call}`).toBe(
            saveFreq === 'epoch' ? epochsDone * BATCHES : done - (done % saveFreq),
          );

          const { proof, whole, returned, calls, left } = await resume(store);
          expect(proof, `${hook} ${call}`).toEqual(uninterrupted.proof);
          expect(whole.history).toEqual(uninterrupted.whole.history);
          expect(whole.epoch).toEqual([0, 1, 2]);
          expect(returned.epoch).toEqual([0, 1, 2].slice(saved.epoch));
          expect(comparable(calls), `${hook} ${call}`).toEqual(
            comparable(callsFrom(uninterrupted.calls, saved)),
          );
          expect(left).toEqual([]);
        }
      },
    );
  });
}
