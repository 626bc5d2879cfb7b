import { cpuBackend } from '@keepfit/backend-cpu';
import { BackupAndRestore, type CallbackHooks, type SavedTraining, TerminateOnNaN } from '@keepfit/callbacks';
import { type Trainer, useBackend } from '@keepfit/fit';
import { memoryStore } from '@keepfit/store-memory';
import { fill, memory, tidy } from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { spoil } from './helpers/callback-cases.js';
import { caught } from './helpers/caught.js';
import { storedTraining } from './helpers/stored.js';
import { BATCHES, EPOCHS, plainTrainer, trainPlain } from './helpers/train-plain.js';

beforeAll(() => useBackend(cpuBackend()));
beforeEach(() => void vi.spyOn(console, 'log').mockImplementation(() => undefined));
afterEach(() => vi.restoreAllMocks());

/** Makes a weight NaN that training does not read, so that no loss shows it, after so many batches. */
function spoilUnseen(
  trainer: Trainer,
  after: number,
  hook: 'onTrainBatchEnd' | 'onEpochEnd' = 'onTrainBatchEnd',
): CallbackHooks {
  const { variable } = trainer.model.weights.find(({ name }) => name === 'runningMean')!;
  let calls = 0;
  const poison = (): void => {
    calls += 1;
    if (calls === after) tidy(() => variable.assign(fill(variable.shape, NaN)));
  };
  return { batchLogs: false, [hook]: poison };
}

function isFinite({ tensors }: SavedTraining): boolean {
  const floats = [...tensors.values()]
    .filter(({ dtype }) => dtype === 'float32')
    .flatMap(({ bytes }) => [...new Float32Array(bytes.slice().buffer)]);
  return floats.length > 0 && floats.every(Number.isFinite);
}

describe.each([1, 3, 'epoch'] as const)('with saveFreq %s', (saveFreq) => {
  test.each(['before', 'after'] as const)(
    'a loss of NaN ends training, and the last finite backup is kept, with BackupAndRestore %s it',
    async (place) => {
      const store = memoryStore();
      const trainer = plainTrainer();
      const others = [spoil(trainer, 'kernel2', { epoch: 1, batch: 2 }), new TerminateOnNaN()];
      const backup = new BackupAndRestore(store, { saveFreq });
      const { returned } = await trainPlain(
        { before: place === 'before' ? [backup, ...others] : [...others, backup] },
        trainer,
      );
      expect(returned.epoch).toEqual([0, 1]);
      const saved = await storedTraining(store);
      expect(isFinite(saved)).toBe(true);
      expect(saved.state['progress']).toMatchObject({ step: saveFreq === 'epoch' ? 4 : 6 });
    },
  );

  test('what was kept is continued, and ends as a run that never met a NaN', async () => {
    const uninterrupted = await trainPlain({ before: [new TerminateOnNaN()] });
    const store = memoryStore();
    const trainer = plainTrainer();
    await trainPlain(
      {
        before: [
          new BackupAndRestore(store, { saveFreq }),
          spoil(trainer, 'kernel2', { epoch: 1, batch: 2 }),
          new TerminateOnNaN(),
        ],
      },
      trainer,
    );
    const { proof, whole } = await trainPlain({
      init: 99,
      before: [new BackupAndRestore(store, { saveFreq }), new TerminateOnNaN()],
    });
    expect(whole.history).toEqual(uninterrupted.whole.history);
    expect(proof).toEqual(uninterrupted.proof);
    expect(await store.keys()).toEqual([]);
  });
});

describe('with raiseError', () => {
  test('a loss of NaN rejects fit, no hook of an end follows, and the last finite backup is kept', async () => {
    const store = memoryStore();
    const trainer = plainTrainer();
    const ends: string[] = [];
    const recorder: CallbackHooks = {
      batchLogs: false,
      onEpochEnd: (epoch) => void ends.push(`epoch ${epoch}`),
      onTrainEnd: () => void ends.push('train'),
    };
    const callbacks = [
      new BackupAndRestore(store, { saveFreq: 1 }),
      spoil(trainer, 'kernel2', { epoch: 1, batch: 2 }),
      new TerminateOnNaN({ raiseError: true }),
      recorder,
    ];
    const error = await caught(trainPlain({ before: callbacks }, trainer));
    expect(error).toMatchObject({
      code: 'KEEPFIT_HOOK_FAILED',
      message: expect.stringMatching(/TerminateOnNaN ends the training: Batch 3: the loss is NaN\. Try/),
    });
    expect(ends).toEqual(['epoch 0']);
    expect(console.log).not.toHaveBeenCalled();
    const saved = await storedTraining(store);
    expect(isFinite(saved)).toBe(true);
    expect(saved.state['progress']).toMatchObject({ step: 6 });
  });

  test('a weight of NaN that no loss shows rejects fit before a backup, which is not made', async () => {
    const store = memoryStore();
    const trainer = plainTrainer();
    const callbacks = [
      new BackupAndRestore(store, { saveFreq: 3 }),
      spoilUnseen(trainer, 5),
      new TerminateOnNaN({ raiseError: true }),
    ];
    const error = await caught(trainPlain({ before: callbacks }, trainer));
    expect(error).toMatchObject({
      code: 'KEEPFIT_HOOK_FAILED',
      message: expect.stringMatching(/TerminateOnNaN ends the training: a weight is NaN/),
    });
    expect((await storedTraining(store)).state['progress']).toMatchObject({ step: 3 });
  });

  test('what was kept is continued, and ends as a run that never met a NaN', async () => {
    const uninterrupted = await trainPlain({ before: [new TerminateOnNaN({ raiseError: true })] });
    const store = memoryStore();
    const trainer = plainTrainer();
    const spoiling = spoil(trainer, 'kernel2', { epoch: 1, batch: 2 });
    const raising = () => [new BackupAndRestore(store), new TerminateOnNaN({ raiseError: true })];
    await caught(trainPlain({ before: [spoiling, ...raising()] }, trainer));
    const { proof } = await trainPlain({ init: 99, before: raising() });
    expect(proof).toEqual(uninterrupted.proof);
  });

  test('other options are refused', () => {
    expect(() => new TerminateOnNaN({ raiseError: 1 as unknown as boolean })).toThrow(
      /raiseError of TerminateOnNaN/,
    );
    expect(() => new TerminateOnNaN({ raise: true } as object)).toThrow(
      /no option "raise"; it has raiseError/,
    );
  });
});

test('a weight of NaN that no loss shows is found before a backup, which is not made, and no batch follows', async () => {
  const store = memoryStore();
  const trainer = plainTrainer();
  const { calls, returned } = await trainPlain(
    { before: [new BackupAndRestore(store, { saveFreq: 3 }), spoilUnseen(trainer, 5), new TerminateOnNaN()] },
    trainer,
  );
  expect(calls.filter(([hook]) => hook === 'onTrainBatchEnd')).toHaveLength(6);
  expect(returned.epoch).toEqual([0, 1]);
  expect(returned.history['loss']!.every(Number.isFinite)).toBe(true);
  const saved = await storedTraining(store);
  expect(saved.state['progress']).toMatchObject({ step: 3 });
  expect(isFinite(saved)).toBe(true);
});

test('a weight of NaN that no loss shows is found at the end of an epoch, also without backups', async () => {
  const trainer = plainTrainer();
  const { returned } = await trainPlain({ before: [spoilUnseen(trainer, 5), new TerminateOnNaN()] }, trainer);
  expect(returned.epoch).toEqual([0, 1]);
  expect(console.log).toHaveBeenCalledWith('\nEpoch 2: a weight is NaN or infinite, training ends.');
});

test('a weight that becomes NaN after the epoch was looked at is found before the backup, and no epoch follows', async () => {
  const store = memoryStore();
  const trainer = plainTrainer();
  const { returned } = await trainPlain(
    { before: [new TerminateOnNaN(), spoilUnseen(trainer, 2, 'onEpochEnd'), new BackupAndRestore(store)] },
    trainer,
  );
  expect(returned.epoch).toEqual([0, 1]);
  expect((await storedTraining(store)).state['progress']).toMatchObject({ step: BATCHES });
});

test('an interrupted training with a weight of NaN keeps its last finite backup', async () => {
  const controller = new AbortController();
  const store = memoryStore();
  const trainer = plainTrainer();
  let batches = 0;
  const abort: CallbackHooks = {
    batchLogs: false,
    onTrainBatchEnd: () => void (++batches === 6 && controller.abort()),
  };
  const backup = new BackupAndRestore(store, { saveFreq: 3, preemption: controller.signal });
  const error = await caught(
    trainPlain({ before: [spoilUnseen(trainer, 5), abort, backup, new TerminateOnNaN()] }, trainer),
  );
  expect(error).toMatchObject({
    code: 'KEEPFIT_INTERRUPTED',
    message: expect.stringMatching(/epoch 2 after batch 2\. The last good backup was kept/),
  });
  expect((await storedTraining(store)).state['progress']).toMatchObject({ step: 3 });
});

test('a finite training is not ended, its checkpoint is deleted, and looking at weights leaves no tensor', async () => {
  const store = memoryStore();
  const trainer = plainTrainer();
  await trainPlain({}, trainer);
  const { numTensors } = memory();
  const { returned } = await trainPlain(
    { before: [new BackupAndRestore(store, { saveFreq: 1 }), new TerminateOnNaN()] },
    trainer,
  );
  expect(returned.epoch).toHaveLength(EPOCHS);
  expect(await store.keys()).toEqual([]);
  expect(memory().numTensors).toBe(numTensors);
});
