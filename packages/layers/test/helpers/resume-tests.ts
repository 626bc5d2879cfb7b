import { cpuBackend } from '@keepfit/backend-cpu';
import { BackupAndRestore, type CheckpointStore } from '@keepfit/callbacks';
import { useBackend } from '@keepfit/fit';
import { memoryStore } from '@keepfit/store-memory';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, test } from 'vitest';
import { caught } from '../../../fit/test/helpers/caught.js';
import { continueOnce } from '../../../fit/test/helpers/continue-once.js';
import { sampleCalls } from '../../../fit/test/helpers/sample-calls.js';
import { throwAt } from '../../../fit/test/helpers/throw-at.js';
import { type Ended, trainConvnet } from './train-convnet.js';

/** Registers, for each frequency of backups, the test of two and three crashes in one epoch. */
export function testSeveralCrashes(saveFreqs: readonly (number | 'epoch')[]): void {
  let uninterrupted: Ended;

  beforeAll(async () => {
    await useBackend(cpuBackend());
    uninterrupted = await trainConvnet();
  });

  test.each(saveFreqs)(
    'two and three crashes in one epoch end as if nothing had happened, saveFreq %s',
    async (saveFreq) => {
      for (const calls of [
        [6, 2],
        [6, 2, 2],
        [5, 1, 1],
      ]) {
        const store = memoryStore();
        const backup = () => new BackupAndRestore(store, { saveFreq });
        for (const [attempt, call] of calls.entries()) {
          await caught(
            trainConvnet({
              init: 1 + attempt,
              callbacks: [throwAt({ hook: 'onTrainBatchEnd', call }), backup()],
            }),
          );
        }
        const { proof, whole } = await trainConvnet({ init: 99, callbacks: [backup()] });
        expect(proof, String(calls)).toEqual(uninterrupted.proof);
        expect(whole.history).toEqual(uninterrupted.whole.history);
      }
    },
  );
}

/** Registers, for each model, the test that crashes at the end of each batch. */
export function testModels(
  models: readonly (readonly [name: string, build: (seed: number) => LayersModel])[],
): void {
  beforeAll(() => useBackend(cpuBackend()));

  describe.each(models)('%s', (what, build) => {
    test('resumes exactly from a crash at any batch', async () => {
      const options = what.includes('stepsPerExecution') ? { stepsPerExecution: 3 } : {};
      const expected = await trainConvnet({ model: build(1), options });
      const points = expected.calls.filter(([hook]) => hook === 'onTrainBatchEnd').length;
      const backup = (store: CheckpointStore) => new BackupAndRestore(store, { saveFreq: 2 });
      const resume = continueOnce((store) =>
        trainConvnet({ model: build(99), options, callbacks: [backup(store)] }),
      );
      for (const call of sampleCalls(points, 2)) {
        const store = memoryStore();
        const callbacks = [backup(store), throwAt({ hook: 'onTrainBatchEnd', call })];
        await caught(trainConvnet({ model: build(1), options, callbacks }));
        const { proof, whole } = await resume(store);
        expect(proof, `batch end ${call}`).toEqual(expected.proof);
        expect(whole.history).toEqual(expected.whole.history);
      }
    });
  });
}
