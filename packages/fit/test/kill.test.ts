import { cpuBackend } from '@keepfit/backend-cpu';
import { BackupAndRestore, type CallbackHooks, type CheckpointStore } from '@keepfit/callbacks';
import { useBackend } from '@keepfit/fit';
import { memoryStore } from '@keepfit/store-memory';
import { beforeAll, expect, test } from 'vitest';
import { caught } from './helpers/caught.js';
import { copyOf, storedProgress, storedTraining } from './helpers/stored.js';
import { throwAt } from './helpers/throw-at.js';
import { BATCHES, EPOCHS, plainTrainer, trainPlain } from './helpers/train-plain.js';

beforeAll(() => useBackend(cpuBackend()));

/** Copies the store at every hook: what a new process finds that is started after a kill there. */
function killedEverywhere(
  store: CheckpointStore,
): CallbackHooks & { readonly found: { at: string; store: CheckpointStore }[] } {
  const found: { at: string; store: CheckpointStore }[] = [];
  const note = (at: string) => async () => {
    const copy = await copyOf(store);
    if ((await copy.keys()).length > 0) found.push({ at, store: copy });
  };
  return {
    found,
    batchLogs: false,
    onTrainBatchBegin: note('onTrainBatchBegin'),
    onTrainBatchEnd: note('onTrainBatchEnd'),
    onTestBatchEnd: note('onTestBatchEnd'),
    onEpochEnd: note('onEpochEnd'),
    onTrainEnd: note('onTrainEnd'),
  };
}

test.each([1, 3, 'epoch'] as const)(
  'what the store holds at any hook continues to the same end, with saveFreq %s',
  async (saveFreq) => {
    const store = memoryStore();
    const kills = killedEverywhere(store);
    const uninterrupted = await trainPlain({ before: [kills, new BackupAndRestore(store, { saveFreq })] });
    expect(kills.found.length).toBeGreaterThanOrEqual(2 * EPOCHS * BATCHES);
    const steps = new Set<number>();
    for (const { at, store: found } of kills.found) {
      const { step } = await storedProgress(found);
      // Each saved step once is enough, and it is the store that is looked at.
      if (steps.has(step)) continue;
      steps.add(step);
      const { proof, whole } = await trainPlain({
        init: 99,
        before: [new BackupAndRestore(found, { saveFreq })],
      });
      expect(proof, `${at}, step ${step}`).toEqual(uninterrupted.proof);
      expect(whole.history).toEqual(uninterrupted.whole.history);
    }
    // With one each batch, that of step 0 may be gone when the store is first looked at.
    expect(steps.has(0) || saveFreq === 1).toBe(true);
    // Some are written over before anyone looks.
    expect(steps.size).toBeGreaterThanOrEqual(EPOCHS);
  },
);

test('without a seed and with unseeded weights, a kill before the first regular backup is exact', async () => {
  const store = memoryStore();
  const found: CheckpointStore[] = [];
  const keep: CallbackHooks = {
    batchLogs: false,
    onTrainBatchBegin: async (batch) => void (batch === 3 && found.push(await copyOf(store))),
  };
  const killed = throwAt({ hook: 'onTrainBatchEnd', call: 4 });
  const options = { seed: undefined } as const;
  await caught(trainPlain({ init: 3, options, before: [new BackupAndRestore(store), keep, killed] }));

  const first = found[0]!;
  expect(await storedProgress(first)).toMatchObject({ epoch: 0, batch: 0, step: 0 });
  const seed = Number((await storedTraining(first)).state['seed']);
  const uninterrupted = await trainPlain({ init: 3, options: { seed } });
  const { proof } = await trainPlain({ init: 4, options, before: [new BackupAndRestore(first)] });
  expect(proof).toEqual(uninterrupted.proof);
});

test('each run without a seed draws its own', async () => {
  const seeds = new Set<unknown>();
  for (let run = 0; run < 3; run++) {
    const { proof } = await trainPlain({ options: { seed: undefined, epochs: 1 } });
    seeds.add(proof.state['seed']);
  }
  expect(seeds.size).toBe(3);
});

test('the same trainer goes on after a crash too, with what its optimizer and weights have become', async () => {
  const uninterrupted = await trainPlain();
  const store = memoryStore();
  const trainer = plainTrainer();
  await caught(
    trainPlain(
      {
        before: [new BackupAndRestore(store, { saveFreq: 2 }), throwAt({ hook: 'onTrainBatchEnd', call: 6 })],
      },
      trainer,
    ),
  );
  const { proof, whole } = await trainPlain(
    { before: [new BackupAndRestore(store, { saveFreq: 2 })] },
    trainer,
  );
  expect(proof).toEqual(uninterrupted.proof);
  expect(whole.history).toEqual(uninterrupted.whole.history);
});

test('the same BackupAndRestore object serves again', async () => {
  const uninterrupted = await trainPlain();
  const backup = new BackupAndRestore(memoryStore(), { saveFreq: 3 });
  await caught(trainPlain({ before: [backup, throwAt({ hook: 'onTrainBatchEnd', call: 8 })] }));
  const { proof } = await trainPlain({ init: 99, before: [backup] });
  expect(proof).toEqual(uninterrupted.proof);
});
