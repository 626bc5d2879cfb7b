import { cpuBackend } from '@keepfit/backend-cpu';
import { BackupAndRestore, type CallbackHooks, type CheckpointStore } from '@keepfit/callbacks';
import { type BatchData, type FitOptions, useBackend } from '@keepfit/fit';
import { memoryStore } from '@keepfit/store-memory';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { sample } from '../../../test/setup/sample.js';
import { caught } from './helpers/caught.js';
import { CRASHES, split, testDatasetOrder } from './helpers/dataset-order-tests.js';
import { storedTraining } from './helpers/stored.js';
import { throwAt } from './helpers/throw-at.js';
import {
  batches,
  calls,
  linearTrainer,
  type Program,
  proveExact,
  rows,
  trainLinear,
} from './helpers/train-linear.js';

beforeAll(() => useBackend(cpuBackend()));

// Every crash point, with every frequency of backups: `npm run test:long`.
testDatasetOrder(sample(CRASHES, 5));

test('continues exactly with an endless shuffle', async () => {
  const program: Program = (callbacks) =>
    trainLinear(batches(rows(0, 12).shuffle(12, '2').repeat().batch(4)), {
      ...{ stepsPerEpoch: 4, callbacks: [...callbacks] },
    });
  await proveExact(program, calls('onTrainBatchEnd', 12));
});

test('reads the passes of a dataset again only if a shuffle is repeated in it', async () => {
  const saved = async (dataset: unknown) => {
    const store = memoryStore();
    const backup = new BackupAndRestore(store, { deleteCheckpoint: false });
    await trainLinear(batches(dataset), { callbacks: [backup] });
    return (await storedTraining(store)).state['data'];
  };
  const shuffled = rows(0, 8).shuffle(8, '2');
  // Four batches and the end, three times.
  expect(await saved(shuffled.repeat(2).batch(4))).toMatchObject({ reads: [5, 3] });
  expect(await saved(shuffled.batch(4))).toMatchObject({ reads: null });
  expect(await saved(rows(0, 8).repeat(2).shuffle(8, '2').batch(4))).toMatchObject({ reads: null });
  expect(await saved(shuffled.concatenate(rows(8, 16)).batch(4))).toMatchObject({ reads: null });
  expect(await saved(rows(8, 16).concatenate(shuffled).repeat(2).batch(4))).toMatchObject({ reads: [9, 3] });
});

test('continues exactly when it validates in some epochs only', async () => {
  const program: Program = (callbacks) => {
    const { training, validation } = split();
    const options = { validationData: validation, validationFreq: [1, 3], callbacks: [...callbacks] };
    return trainLinear(training, options);
  };
  await proveExact(program, calls('onTrainBatchEnd', 12));
});

describe('the same dataset in two fits', () => {
  const twoFits =
    (first: () => BackupAndRestore) =>
    async (callbacks: readonly CallbackHooks[]): ReturnType<Program> => {
      const { training, validation } = split();
      await trainLinear(training, { validationData: validation, callbacks: [first()] });
      return trainLinear(training, { validationData: validation, callbacks: [...callbacks] });
    };

  test('continues exactly in the second one when the first one is trained again', async () => {
    await proveExact(
      twoFits(() => new BackupAndRestore(memoryStore())),
      CRASHES,
    );
  });

  test('continues exactly in the second one when the first one is only restored as finished', async () => {
    const whole = await twoFits(() => new BackupAndRestore(memoryStore()))([]);
    for (const crash of CRASHES) {
      const [store, finished] = [memoryStore(), memoryStore()];
      const first = () => new BackupAndRestore(finished, { deleteCheckpoint: false });
      const second = () => new BackupAndRestore(store, { saveFreq: 1 });
      await caught(twoFits(first)([second(), throwAt(crash)]));
      expect(await twoFits(first)([second()])).toEqual(whole);
    }
  });

  test('starts the second one with the same samples when the process ended between them', async () => {
    const whole = await twoFits(() => new BackupAndRestore(memoryStore()))([]);
    const finished = memoryStore();
    const first = () => new BackupAndRestore(finished, { deleteCheckpoint: false });
    await caught(twoFits(first)([throwAt({ hook: 'onTrainBegin', call: 1 })]));
    expect(await twoFits(first)([])).toEqual(whole);
  });
});

test('a checkpoint says the order of a long run in a few letters', async () => {
  const { training, validation } = split();
  const store = memoryStore();
  const options: FitOptions = {
    ...{ epochs: 100, stepsPerEpoch: 4, validationData: validation, validationSteps: 1 },
    callbacks: [new BackupAndRestore(store, { deleteCheckpoint: false })],
  };
  await trainLinear(training, options);
  expect((await storedTraining(store)).state['data']).toMatchObject({
    openings: '(TV)100',
    trained: 198,
    others: 0,
  });
});

test('a backup asked for during a validation does not count the open validation', async () => {
  const { training, validation } = split();
  const store = memoryStore();
  const stop = new AbortController();
  const abort: CallbackHooks = { onTestBatchEnd: () => stop.abort() };
  const backup = new BackupAndRestore(store, { preemption: stop.signal });
  const error = await caught(
    trainLinear(training, { validationData: validation, callbacks: [abort, backup] }),
  );
  expect(error.code).toBe('KEEPFIT_INTERRUPTED');
  expect((await storedTraining(store)).state['data']).toMatchObject({ openings: 'T', trained: 0 });
});

test('iterators that are opened only to be counted are closed, and the one that is trained is too', async () => {
  const store = memoryStore();
  let [opened, closed] = [0, 0];
  /** Three batches a pass; the pass decides the values. */
  const dataset = (): BatchData => {
    let passes = 0;
    return {
      async iterator() {
        opened += 1;
        const pass = passes++;
        let left = 3;
        return {
          async next() {
            if (left === 0) return { done: true, value: undefined };
            left -= 1;
            return { done: false, value: { xs: tf.tensor2d([[pass, left]]), ys: tf.tensor2d([[1]]) } };
          },
          return: () => void (closed += 1),
        };
      },
    };
  };
  const backup = () => new BackupAndRestore(store, { saveFreq: 1 });
  const crash = throwAt({ hook: 'onTrainBatchEnd', call: 8 });
  await caught(trainLinear(dataset(), { epochs: 4, callbacks: [backup(), crash] }));
  expect([opened, closed]).toEqual([3, 3]);
  const before = tf.memory().numTensors;
  const trainer = linearTrainer();
  const own = tf.memory().numTensors - before;
  [opened, closed] = [0, 0];
  const hang = throwAt({ hook: 'onTrainBatchBegin', call: 1 });
  await caught(trainLinear(dataset(), { epochs: 4, callbacks: [backup(), hang] }, trainer));
  expect([opened, closed]).toEqual([3, 3]);
  // The optimizer has a variable more, and keeps it.
  expect(tf.memory().numTensors - before - own).toBeLessThanOrEqual(1);
});

describe('two backups of one training on a shuffled dataset', () => {
  test.each([
    [1, 'epoch'],
    ['epoch', 1],
    [3, 2],
    [2, 3],
  ] as const)('continue with the furthest, saveFreq %s before %s', async (first, second) => {
    const program = (stores: readonly CheckpointStore[]): Program => {
      const both = () => [
        new BackupAndRestore(stores[0]!, { saveFreq: first }),
        new BackupAndRestore(stores[1]!, { saveFreq: second }),
      ];
      return (callbacks) => {
        const { training, validation } = split();
        const used = stores.length === 0 ? callbacks : [...both(), ...callbacks];
        return trainLinear(training, { validationData: validation, callbacks: [...used] });
      };
    };
    const whole = await program([])([]);
    for (const crash of CRASHES) {
      const stores = [memoryStore(), memoryStore()];
      await caught(program(stores)([throwAt(crash)]));
      expect(await program(stores)([]), `${crash.hook} ${crash.call}`).toEqual(whole);
    }
  });
});

describe('a dataset that this process has used further than the checkpoint', () => {
  const fitTwice = async (dataset: BatchData): Promise<Error> => {
    const store = memoryStore();
    const backup = () => new BackupAndRestore(store, { saveFreq: 1 });
    const crash = throwAt({ hook: 'onTrainBatchEnd', call: 6 });
    await caught(trainLinear(dataset, { callbacks: [backup(), crash] }));
    return caught(
      trainLinear(dataset, { callbacks: [backup()] }).then(() => Promise.reject(new Error('trained'))),
    );
  };

  test('is refused if it is shuffled: its shuffle cannot go back', async () => {
    const error = await fitTwice(batches(rows(0, 16).shuffle(16, '3').batch(4)));
    expect(error).toMatchObject({ code: 'KEEPFIT_CHECKPOINT_MISMATCH' });
  });

  test('is continued if it gives the same batches each time', async () => {
    expect((await fitTwice(batches(rows(0, 16).batch(4)))).message).toBe('trained');
  });
});

test('warns if the saved run had opened other datasets since, which might share the shuffle', async () => {
  const warn = vi.spyOn(console, 'warn').mockReturnValue();
  const store = memoryStore();
  const program: Program = (callbacks) => {
    const all = rows(0, 24).shuffle(24, '11');
    const [training, other] = [batches(all.skip(8).batch(4)), batches(all.take(8).batch(4))];
    const trainer = linearTrainer();
    const evaluate: CallbackHooks = {
      onEpochEnd: async () => void (await trainer.evaluate(other, { verbose: 0 })),
    };
    return trainLinear(training, { callbacks: [evaluate, ...callbacks] }, trainer);
  };
  const backup = () => new BackupAndRestore(store);
  await caught(program([backup(), throwAt({ hook: 'onTrainBatchEnd', call: 5 })]));
  expect(warn).not.toHaveBeenCalled();
  await program([backup()]);
  expect(warn.mock.calls).toEqual([[expect.stringContaining('opened iterators of other datasets too (1)')]]);
  warn.mockRestore();
});

test.each([
  ['the same shuffle warns', true],
  ['data without a shuffle does not', false],
])('a validation between two rounds of a repeated shuffle: %s', async (_name, isShared) => {
  const store = memoryStore();
  const train = (...callbacks: CallbackHooks[]) => {
    const all = rows(0, 40).shuffle(40, '11');
    return trainLinear(batches(all.skip(8).repeat().batch(4)), {
      validationData: batches((isShared ? all : rows(0, 40)).take(8).batch(4)),
      ...{ stepsPerEpoch: 2, callbacks: [new BackupAndRestore(store, { saveFreq: 1 }), ...callbacks] },
    });
  };
  await caught(train(throwAt({ hook: 'onTrainBatchEnd', call: 4 })));
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  await train();
  const warned = warn.mock.calls.flat().filter((text) => String(text).includes('repeat a shuffle'));
  warn.mockRestore();
  expect(warned).toHaveLength(isShared ? 1 : 0);
});
