import { cpuBackend } from '@keepfit/backend-cpu';
import {
  BackupAndRestore,
  type BackupAndRestoreOptions,
  type CallbackHooks,
  type CheckpointStore,
  type TrainerView,
} from '@keepfit/callbacks';
import { createContent } from '@keepfit/callbacks/testing';
import { useBackend } from '@keepfit/fit';
import { memoryStore } from '@keepfit/store-memory';
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { caught } from './helpers/caught.js';
import { recordSteps, storedBytes, storedProgress } from './helpers/stored.js';
import { throwAt } from './helpers/throw-at.js';
import { type Ended, trainPlain } from './helpers/train-plain.js';

let uninterrupted: Ended;

beforeAll(async () => {
  await useBackend(cpuBackend());
  uninterrupted = await trainPlain();
});

afterEach(() => vi.restoreAllMocks());

const kept = (store: CheckpointStore, options: BackupAndRestoreOptions = {}) =>
  new BackupAndRestore(store, { deleteCheckpoint: false, ...options });

test('a completed run deletes its checkpoint, and nothing else in the store', async () => {
  const store = memoryStore();
  await store.set('other', createContent(Uint8Array.of(1)));
  await trainPlain({ before: [new BackupAndRestore(store)] });
  expect(await store.keys()).toEqual(['other']);
});

test.each(['epoch', 5] as const)(
  'with deleteCheckpoint false, a finished run is restored and trains nothing, saveFreq %s',
  async (saveFreq) => {
    const store = memoryStore();
    await trainPlain({ before: [kept(store, { saveFreq })] });
    expect(await storedProgress(store)).toMatchObject({ epoch: 3, batch: 0, step: 12 });
    for (let time = 0; time < 2; time++) {
      const { proof, whole, returned, calls } = await trainPlain({
        init: 99,
        before: [kept(store, { saveFreq })],
      });
      expect(calls.map(([hook]) => hook)).toEqual(['onTrainBegin', 'onTrainEnd']);
      expect(returned.history).toEqual({});
      expect(returned.epoch).toEqual([]);
      expect(whole.history).toEqual(uninterrupted.whole.history);
      expect(proof).toEqual(uninterrupted.proof);
    }
  },
);

test('raising epochs goes on like a longer run that was never interrupted', async () => {
  const longer = await trainPlain({ options: { epochs: 5 } });
  for (const saveFreq of ['epoch', 5] as const) {
    const store = memoryStore();
    await trainPlain({ before: [kept(store, { saveFreq })] });
    const { proof, whole, returned } = await trainPlain({
      init: 99,
      options: { epochs: 5 },
      before: [kept(store, { saveFreq })],
    });
    expect(proof).toEqual(longer.proof);
    expect(whole.history).toEqual(longer.whole.history);
    expect(returned.epoch).toEqual([3, 4]);
  }
});

test('saveFreq counts across epochs: 5 of 12 batches save at steps 5 and 10', async () => {
  const { store, steps } = recordSteps(memoryStore());
  await trainPlain({ before: [new BackupAndRestore(store, { saveFreq: 5 })] });
  expect(steps).toEqual([0, 5, 10]);
});

describe('a stop', () => {
  const stopAt = (hook: 'onTrainBegin' | 'onTrainBatchEnd' | 'onEpochEnd', call: number): CallbackHooks => {
    let model: TrainerView | undefined;
    let calls = 0;
    return {
      batchLogs: false,
      setModel: (view) => void (model = view),
      [hook]: () => void (++calls === call && (model!.stopTraining = true)),
    };
  };

  test.each([
    ['onTrainBatchEnd', 6],
    ['onEpochEnd', 2],
  ] as const)('in %s completes the run: the checkpoint is deleted', async (hook, call) => {
    const store = memoryStore();
    const { returned, calls } = await trainPlain({
      before: [stopAt(hook, call), new BackupAndRestore(store)],
    });
    expect(returned.epoch).toEqual([0, 1]);
    expect(calls.at(-1)![0]).toBe('onTrainEnd');
    expect(await store.keys()).toEqual([]);
  });

  test.each([
    ['onTrainBatchEnd', 6],
    ['onEpochEnd', 2],
  ] as const)('in %s is kept: a crash after it ends as if nothing had happened', async (hook, call) => {
    const stopped = await trainPlain({ before: [stopAt(hook, call)] });
    const store = memoryStore();
    const crash =
      hook === 'onEpochEnd'
        ? throwAt({ hook: 'onTrainEnd', call: 1 })
        : throwAt({ hook: 'onEpochEnd', call: 2 });
    await caught(
      trainPlain({
        before: [
          stopAt(hook, call),
          new BackupAndRestore(store, { saveFreq: hook === 'onEpochEnd' ? 'epoch' : 1 }),
          crash,
        ],
      }),
    );
    const { proof, whole } = await trainPlain({ init: 99, before: [new BackupAndRestore(store)] });
    expect(whole.history).toEqual(stopped.whole.history);
    expect(proof).toEqual(stopped.proof);
  });

  test('before the first batch, saved and not yet in effect, still takes effect after that batch', async () => {
    const stopped = await trainPlain({ before: [stopAt('onTrainBegin', 1)] });
    expect(stopped.returned.epoch).toEqual([0]);
    const store = memoryStore();
    const crash = throwAt({ hook: 'onTrainBatchBegin', call: 1 });
    await caught(trainPlain({ before: [stopAt('onTrainBegin', 1), new BackupAndRestore(store), crash] }));
    const { proof, whole } = await trainPlain({ before: [new BackupAndRestore(store)] });
    expect(whole.history).toEqual(stopped.whole.history);
    expect(proof).toEqual(stopped.proof);
  });
});

describe('a run that ends in NaN', () => {
  test('is stopped by TerminateOnNaN without a new backup, and its last finite checkpoint is kept', async () => {
    const { TerminateOnNaN } = await import('@keepfit/callbacks');
    vi.spyOn(console, 'log').mockImplementation(() => undefined);
    const store = memoryStore();
    let model: TrainerView | undefined;
    let batches = 0;
    const explode: CallbackHooks = {
      setModel: (view) => void (model = view),
      onTrainBatchBegin: () => void (++batches === 6 && (model!.learningRate = NaN)),
    };
    await trainPlain({
      before: [explode, new BackupAndRestore(store, { saveFreq: 2 }), new TerminateOnNaN()],
    });
    expect(await storedProgress(store)).toMatchObject({ step: 4 });
  });
});

describe('initialEpoch', () => {
  test('begins there: hooks and history have absolute numbers', async () => {
    const { returned, calls } = await trainPlain({ options: { initialEpoch: 2, epochs: 4 } });
    expect(returned.epoch).toEqual([2, 3]);
    expect(calls.filter(([hook]) => hook === 'onEpochBegin').map(([, epoch]) => epoch)).toEqual([2, 3]);
  });

  test('equal to epochs trains nothing', async () => {
    const { returned, calls } = await trainPlain({ options: { initialEpoch: 3 } });
    expect(returned.epoch).toEqual([]);
    expect(calls.map(([hook]) => hook)).toEqual(['onTrainBegin', 'onTrainEnd']);
  });

  test.each([
    ['past epochs', { initialEpoch: 7, epochs: 3 }],
    ['with no epochs', { epochs: 0 }],
    ['past no epochs', { initialEpoch: 2, epochs: 0 }],
  ])('%s trains nothing, as in Keras', async (_what, options) => {
    const store = memoryStore();
    const { returned, calls, whole } = await trainPlain({ options, before: [new BackupAndRestore(store)] });
    expect([returned.epoch, returned.history, whole.epoch]).toEqual([[], {}, []]);
    expect(calls.map(([hook]) => hook)).toEqual(['onTrainBegin', 'onTrainEnd']);
    // The run is complete.
    expect(await store.keys()).toEqual([]);
  });

  test.each([
    ['no epochs', { epochs: 0 }],
    ['an initialEpoch past the end', { initialEpoch: 5, epochs: 2 }],
  ])('a run that is resumed with %s restores its state and trains nothing', async (_what, options) => {
    const store = memoryStore();
    const crashed = await trainPlain({ options: { epochs: 2 } });
    await caught(
      trainPlain({ before: [new BackupAndRestore(store), throwAt({ hook: 'onEpochBegin', call: 3 })] }),
    );
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    const { returned, calls, whole, proof } = await trainPlain({
      init: 99,
      options,
      before: [new BackupAndRestore(store)],
    });
    warn.mockRestore();
    expect(returned.epoch).toEqual([]);
    expect(calls.map(([hook]) => hook)).toEqual(['onTrainBegin', 'onTrainEnd']);
    expect(whole.epoch).toEqual([0, 1]);
    expect(proof).toEqual(crashed.proof);
  });

  test('is resumed exactly, as it was begun', async () => {
    const options = { initialEpoch: 2, epochs: 4 };
    const expected = await trainPlain({ options });
    const store = memoryStore();
    await caught(
      trainPlain({
        options,
        before: [new BackupAndRestore(store, { saveFreq: 1 }), throwAt({ hook: 'onTrainBatchEnd', call: 6 })],
      }),
    );
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    const { proof, whole } = await trainPlain({
      init: 99,
      options,
      before: [new BackupAndRestore(store, { saveFreq: 1 })],
    });
    expect(proof).toEqual(expected.proof);
    expect(whole.epoch).toEqual([2, 3]);
    expect(warn).toHaveBeenCalledTimes(1);
    expect(warn.mock.calls[0]![0]).toMatch(/initialEpoch 2 is ignored/);
  });

  test('holds again for the next fit, for the start of a checkpoint holds for one fit alone', async () => {
    const store = memoryStore();
    await caught(
      trainPlain({ before: [new BackupAndRestore(store), throwAt({ hook: 'onEpochBegin', call: 3 })] }),
    );
    const { returned } = await trainPlain({ init: 99, before: [new BackupAndRestore(store)] });
    expect(returned.epoch).toEqual([2]);
    const { returned: next } = await trainPlain({ init: 99, before: [new BackupAndRestore(store)] });
    expect(next.epoch).toEqual([0, 1, 2]);
  });
});

describe('the announcement of a resume', () => {
  async function announced(saveFreq: 1 | 'epoch', verbose: 0 | 2): Promise<string[]> {
    const store = memoryStore();
    await caught(
      trainPlain({
        before: [new BackupAndRestore(store, { saveFreq }), throwAt({ hook: 'onTrainBatchEnd', call: 7 })],
      }),
    );
    const log = vi.spyOn(console, 'log').mockImplementation(() => undefined);
    vi.spyOn(process.stdout, 'write').mockImplementation(() => true);
    await trainPlain({ options: { verbose }, before: [new BackupAndRestore(store)] });
    return log.mock.calls.map(([line]) => String(line)).filter((line) => line.startsWith('Resumed'));
  }

  test('is one line with epoch, batch and age', async () => {
    expect(await announced(1, 2)).toEqual([
      expect.stringMatching(/^Resumed at epoch 2 of 3, batch 2 of 4, from a backup \d+ s old\.$/),
    ]);
    vi.restoreAllMocks();
    expect(await announced('epoch', 2)).toEqual([
      expect.stringMatching(/^Resumed at epoch 2 of 3, from a backup \d+ s old\.$/),
    ]);
  });

  test('is left out where fit is silent', async () => {
    expect(await announced(1, 0)).toEqual([]);
  });
});

test.each([0, 1, 2])(
  'a fit of %i epochs keeps a checkpoint that is past them, and says so once',
  async (epochs) => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    const store = memoryStore();
    await caught(
      trainPlain({
        before: [
          new BackupAndRestore(store, { saveFreq: 1 }),
          throwAt({ hook: 'onTrainBatchEnd', call: 11 }),
        ],
      }),
    );
    const bytes = await storedBytes(store);
    await trainPlain({ options: { epochs }, before: [new BackupAndRestore(store, { saveFreq: 1 })] });
    expect(await storedBytes(store)).toEqual(bytes);
    expect(warn).toHaveBeenCalledExactlyOnceWith(
      expect.stringContaining(`the checkpoint is in epoch 3, past epochs: ${epochs}, so fit trains nothing`),
    );
    const { whole } = await trainPlain({ before: [new BackupAndRestore(store, { saveFreq: 1 })] });
    expect(whole.history).toEqual(uninterrupted.whole.history);
    expect(await store.keys()).toEqual([]);
    warn.mockRestore();
  },
);

test('a fit whose epochs are behind the checkpoint trains nothing and keeps what the checkpoint has', async () => {
  const store = memoryStore();
  await caught(
    trainPlain({ before: [kept(store, { saveFreq: 1 }), throwAt({ hook: 'onTrainBatchEnd', call: 7 })] }),
  );
  const bytes = await storedBytes(store);
  const { calls, returned, whole } = await trainPlain({
    init: 99,
    options: { epochs: 1 },
    before: [kept(store, { saveFreq: 1 })],
  });
  expect(calls.map(([hook]) => hook)).toEqual(['onTrainBegin', 'onTrainEnd']);
  expect(returned.epoch).toEqual([]);
  expect(whole.history['loss']).toEqual(uninterrupted.whole.history['loss']!.slice(0, 1));
  expect(await storedBytes(store)).toEqual(bytes);
});
