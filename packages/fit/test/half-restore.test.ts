import { cpuBackend } from '@keepfit/backend-cpu';
import {
  BackupAndRestore,
  Callback,
  type CallbackHooks,
  type CheckpointStore,
  EarlyStopping,
  ModelCheckpoint,
  type StateRecord,
} from '@keepfit/callbacks';
import { Trainer, useBackend } from '@keepfit/fit';
import { memoryStore } from '@keepfit/store-memory';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { caught } from './helpers/caught.js';
import { plainData } from './helpers/plain-data.js';
import { plainModel } from './helpers/plain-model.js';
import { copyOf } from './helpers/stored.js';
import { throwAt } from './helpers/throw-at.js';
import { plainTrainer, trainPlain } from './helpers/train-plain.js';
import { weightsOf } from './helpers/weights-of.js';
import { withState } from './helpers/with-state.js';

beforeAll(() => useBackend(cpuBackend()));
afterEach(() => vi.restoreAllMocks());

/** A callback with a count, whose setState may be made to fail, before or after it has taken the state. */
class Counter extends Callback {
  override readonly name: string;
  override readonly batchLogs = false;
  count = 0;
  given: StateRecord[] = [];
  readonly #fail: (() => unknown) | undefined;

  constructor(name: string, fail?: () => unknown) {
    super();
    this.name = name;
    this.#fail = fail;
  }

  override onTrainBatchEnd(): void {
    this.count += 1;
  }

  override getState(): StateRecord {
    return { count: this.count };
  }

  override async setState(state: StateRecord): Promise<void> {
    this.given.push(state);
    this.count = Number(state['count']);
    if (this.given.length === 1) await this.#fail?.();
  }
}

const fails = {
  throws: () => {
    throw new Error('an older version wrote this');
  },
  rejects: () => Promise.reject(new Error('an older version wrote this')),
};

/** A store with a checkpoint within the second epoch, or at its beginning. */
async function stored(saveFreq: 1 | 'epoch'): Promise<CheckpointStore> {
  const store = memoryStore();
  const crash = throwAt({ hook: 'onTrainBatchEnd', call: 7 });
  const before = [new BackupAndRestore(store, { saveFreq }), new Counter('first'), new Counter('second')];
  await caught(trainPlain({ before, after: [crash] }));
  return store;
}

describe.each([
  ['within an epoch', 1],
  ['between two epochs', 'epoch'],
] as const)('a restore %s touches nothing', (_, saveFreq) => {
  test.each(Object.entries(fails))('when a callback’s setState %s', async (_how, fail) => {
    const store = await stored(saveFreq);
    const trainer = plainTrainer({ init: 99 });
    await trainPlain({ options: { epochs: 1 } }, trainer);
    const before = JSON.stringify(stateOf(trainer));
    const tensors = tf.memory().numTensors;
    const [first, second] = [new Counter('first'), new Counter('second', fail)];
    first.count = 100;
    second.count = 200;

    const error = await caught(trainPlain({ before: [new BackupAndRestore(store), first, second] }, trainer));
    expect(error.code).toBe('KEEPFIT_HOOK_FAILED');
    expect(error.message).toMatch(/setState of the callback second threw: an older version wrote this/);
    expect(JSON.stringify(stateOf(trainer))).toBe(before);
    expect(tf.memory().numTensors).toBe(tensors);
    expect([first.count, second.count]).toEqual([100, 200]);
    expect(first.given).toHaveLength(2);
  });

  const hook = saveFreq === 1 ? 'onEpochBegin' : 'onTrainBegin';
  test(`when ${hook} throws before the loop is at the saved point`, async () => {
    const store = await stored(saveFreq);
    const trainer = plainTrainer({ init: 99 });
    await trainPlain({ options: { epochs: 1 } }, trainer);
    const before = JSON.stringify(stateOf(trainer));
    const tensors = tf.memory().numTensors;
    const first = new Counter('first');
    const after = [throwAt({ hook, call: 1 })];
    const error = await caught(trainPlain({ before: [new BackupAndRestore(store), first], after }, trainer));
    expect(error.message).toMatch(`crash at ${hook} 1`);
    expect(JSON.stringify(stateOf(trainer))).toBe(before);
    expect(tf.memory().numTensors).toBe(tensors);
    expect(first.given).toEqual([]);
  });

  test('and the checkpoint continues exactly once the fault is gone', async () => {
    const uninterrupted = await trainPlain({ before: [new Counter('first'), new Counter('second')] });
    const store = await copyOf(await stored(saveFreq));
    const trainer = plainTrainer({ init: 99 });
    const faulty = [new Counter('first'), new Counter('second', fails.throws)];
    await caught(trainPlain({ before: [new BackupAndRestore(store), ...faulty] }, trainer));
    const { proof } = await trainPlain(
      { before: [new BackupAndRestore(store), new Counter('first'), new Counter('second')] },
      trainer,
    );
    expect(proof).toEqual(uninterrupted.proof);
  });
});

test('a callback that does not take its former state back is warned about, and the first error is thrown', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  const stubborn: CallbackHooks = {
    name: 'first',
    getState: () => ({}),
    setState: ({ count }) => {
      if (count === undefined) throw new Error('no count');
    },
  };
  const after = new Counter('second', fails.throws);
  const error = await caught(
    trainPlain({ before: [new BackupAndRestore(await stored(1)), stubborn, after], init: 99 }),
  );
  expect(error.message).toMatch(/an older version wrote this/);
  expect(warn).toHaveBeenCalledTimes(1);
  expect(warn.mock.calls[0]![0]).toMatch(/first did not take its former state back .*no count/);
});

test('a callback with captures in its former state has them again, and none leaks', async () => {
  const store = memoryStore();
  const stopping = () =>
    new EarlyStopping({ monitor: 'loss', mode: 'max', patience: 9, restoreBestWeights: true });
  const crash = throwAt({ hook: 'onTrainBatchEnd', call: 7 });
  await caught(
    trainPlain({
      before: [new BackupAndRestore(store, { saveFreq: 1 }), stopping(), new Counter('c'), crash],
    }),
  );
  const trainer = plainTrainer({ init: 99 });
  await trainPlain({ options: { epochs: 1 } }, trainer);
  const tensors = tf.memory().numTensors;
  const early = stopping();
  // Its onTrainBegin forgets them: this callback has it observe an epoch before the state is given.
  const observe: CallbackHooks = { onEpochBegin: () => early.onEpochEnd(0, { loss: 5 }) };
  const callbacks = [new BackupAndRestore(store), early, observe, new Counter('c', fails.throws)];
  const error = await caught(trainPlain({ before: callbacks }, trainer));
  expect(error.message).toMatch(/an older version wrote this/);
  expect(early.best).toBe(5);
  expect(tf.memory().numTensors).toBe(tensors);
});

test('a state of a built-in callback that is damaged leaves all as it was', async () => {
  const store = memoryStore();
  const before = [new BackupAndRestore(store, { saveFreq: 1 }), new Counter('first')];
  // The owner of the state that EarlyStopping will find is a callback of the same name.
  const impostor: CallbackHooks = { name: 'EarlyStopping', getState: () => ({ wait: NaN }) };
  await caught(trainPlain({ before, after: [impostor, throwAt({ hook: 'onTrainBatchEnd', call: 6 })] }));
  const trainer = plainTrainer({ init: 99 });
  const was = JSON.stringify(stateOf(trainer));
  const first = new Counter('first');
  const early = new EarlyStopping({ monitor: 'loss' });
  const error = await caught(
    trainPlain({ before: [new BackupAndRestore(store), first], after: [early] }, trainer),
  );
  expect(error.code).toBe('KEEPFIT_CHECKPOINT_CORRUPT');
  expect(error.message).toMatch(/EarlyStopping .*NaN as wait/);
  expect(JSON.stringify(stateOf(trainer))).toBe(was);
  expect([first.count, early.wait]).toEqual([0, 0]);
});

test('the pending key that a failed restore gave to ModelCheckpoint is gone', async () => {
  const checkpoint = new ModelCheckpoint(memoryStore());
  const state = { best: null, batchesSinceSave: 0, saves: 1, pendingKey: 'epoch-1' };
  const requestBackup = vi.fn();
  checkpoint.setModel({ requestBackup } as never);
  const former = checkpoint.getState();
  checkpoint.setState(state);
  checkpoint.setState(former);
  expect(checkpoint.getState()).toEqual(former);
  expect(requestBackup).toHaveBeenCalledTimes(1);
});

const optimizers: Readonly<Record<string, () => tf.Optimizer>> = {
  sgd: () => tf.train.sgd(0.05),
  momentum: () => tf.train.momentum(0.05, 0.9),
  rmsprop: () => tf.train.rmsprop(0.05, 0.9, 0.5, undefined, true),
  adagrad: () => tf.train.adagrad(0.05),
  adadelta: () => tf.train.adadelta(0.05),
  adam: () => tf.train.adam(0.05),
  adamax: () => tf.train.adamax(0.05),
};

describe('a training that tried to restore goes on as if it had not', () => {
  test.each(Object.entries(optimizers))('with %s and a state of the model', async (_name, optimizer) => {
    const seed = 7;
    const { x, y } = plainData(10);
    const options = { epochs: 1, batchSize: 3, seed, verbose: 0 as const };
    const trainTwice = async (between: (trainer: Trainer) => Promise<unknown>) => {
      const trainer = new Trainer(withState(plainModel(3)), { optimizer: optimizer(), loss: 'mse' });
      await trainer.fit(x, y, options);
      trainer.learningRate = 0.03;
      await between(trainer);
      await trainer.fit(x, y, options);
      return { end: weightsOf(trainer), rate: trainer.learningRate, state: await readState(trainer) };
    };
    const store = memoryStore();
    const other = new Trainer(withState(plainModel(5)), { optimizer: optimizer(), loss: 'mse' });
    await caught(
      other.fit(x, y, {
        ...options,
        callbacks: [
          new BackupAndRestore(store, { saveFreq: 1 }),
          new Counter('c'),
          throwAt({ hook: 'onTrainBatchEnd', call: 3 }),
        ],
      }),
    );
    const expected = await trainTwice(async () => undefined);
    const tried = await trainTwice(async (trainer) => {
      const callbacks = [new BackupAndRestore(store), new Counter('c', fails.throws)];
      expect((await caught(trainer.fit(x, y, { ...options, callbacks }))).code).toBe('KEEPFIT_HOOK_FAILED');
    });
    expect(tried).toEqual(expected);
  });
});

async function readState({ model }: Trainer): Promise<number[]> {
  const value = model.states![0]!.read();
  const numbers = [...(await value.data())];
  value.dispose();
  return numbers;
}

function stateOf(trainer: Trainer): unknown {
  const { optimizer, learningRate } = trainer;
  // The count of iterations is in `weightsOf`, by its getter.
  const own = Object.entries(optimizer).filter(([field]) => field !== 'iterations_');
  const fields = own.map(([field, value]) => [
    field,
    Array.isArray(value)
      ? value.map((slot: { variable?: tf.Variable } | undefined) => [...(slot?.variable?.dataSync() ?? [])])
      : value instanceof tf.Tensor
        ? [...value.dataSync()]
        : value,
  ]);
  return { weights: weightsOf(trainer), fields, learningRate };
}
