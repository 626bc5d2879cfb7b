import { cpuBackend } from '@keepfit/backend-cpu';
import { BackupAndRestore, type CallbackHooks, CallbackList, type Logs } from '@keepfit/callbacks';
import { type Model, Trainer, useBackend } from '@keepfit/fit';
import { memoryStore } from '@keepfit/store-memory';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, expect, test, vi } from 'vitest';
import { HOOKS } from '../../callbacks/src/contract/callback-hooks.js';
import { caught } from './helpers/caught.js';

const x = { data: Float32Array.from({ length: 64 }, (_, i) => Math.sin(i)), shape: [32, 2] };
const y = { data: Float32Array.from({ length: 32 }, (_, i) => Math.cos(i)), shape: [32, 1] };

beforeAll(() => useBackend(cpuBackend()));
afterEach(() => vi.restoreAllMocks());

test('the hooks of the contract, the methods of CallbackList and the calls of the loops match one to one', async () => {
  const methods = Object.getOwnPropertyNames(CallbackList.prototype).filter((name) => name.startsWith('on'));
  expect(methods.sort()).toEqual([...HOOKS].sort());

  const called = new Set<string>();
  const recorder = Object.fromEntries(
    HOOKS.map((hook) => [hook, () => void called.add(hook)]),
  ) as CallbackHooks;
  const trainer = new Trainer(linear(), { optimizer: 'sgd', loss: 'mse' });
  await trainer.fit(x, y, {
    verbose: 0,
    validationSplit: 0.25,
    callbacks: [recorder, new BackupAndRestore(memoryStore())],
  });
  tf.dispose(await trainer.predict(x, { verbose: 0, callbacks: [recorder] }));
  expect([...called].sort()).toEqual([...HOOKS].sort());
});

/** The members of an object and of its prototypes, but not those of every object. */
function membersOf(object: object | null): string[] {
  if (object === null || object === Object.prototype) return [];
  return [
    ...Reflect.ownKeys(object).map(String),
    ...membersOf(Object.getPrototypeOf(object) as object | null),
  ];
}

test('callbacks see the members of TrainerView, and none of the loop', async () => {
  const members = new Set<string>();
  let views = 0;
  const listen: CallbackHooks = {
    setModel(model) {
      views += 1;
      for (const member of membersOf(model)) members.add(member);
    },
  };
  const trainer = new Trainer(linear(), { optimizer: 'sgd', loss: 'mse' });
  await trainer.fit(x, y, { verbose: 0, callbacks: [listen] });
  await trainer.evaluate(x, y, { verbose: 0, callbacks: [listen] });
  tf.dispose(await trainer.predict(x, { verbose: 0, callbacks: [listen] }));
  expect(views).toBe(3);
  expect([...members].sort()).toEqual([
    'abort',
    'averageWeights',
    'captureFinalWeights',
    'captureWeights',
    'compare',
    'defer',
    'evaluate',
    'findLogKey',
    'getWeights',
    'history',
    'keepLastBackup',
    'learningRate',
    'metricDirection',
    'optimizer',
    'optimizers',
    'predict',
    'requestBackup',
    'restore',
    'restoreWeights',
    'setWeights',
    'stopTraining',
    'verifiesLater',
    'weightsAreFinite',
  ]);
});

test("Keras' aliases onBatchBegin and onBatchEnd are called only where their twins are not defined", async () => {
  const calls: string[] = [];
  const note = (name: string) => () => void calls.push(name);
  const trainer = new Trainer(linear(), { optimizer: 'sgd', loss: 'mse' });
  await trainer.fit(x, y, {
    verbose: 0,
    callbacks: [
      { onBatchBegin: note('alias begin'), onBatchEnd: note('alias end') },
      {
        onTrainBatchBegin: note('begin'),
        onBatchBegin: note('never'),
        onTrainBatchEnd: note('end'),
        onBatchEnd: note('never'),
      },
    ],
  });
  expect(calls).toEqual(['alias begin', 'begin', 'alias end', 'end']);
});

test('no batch waits for the device where no callback reads its logs, and the end of an epoch reads little', async () => {
  const { reads, readsByBatch } = await countReads({ batchLogs: false });
  expect(readsByBatch).toEqual(Array.from({ length: 32 }, () => 0));
  expect(reads).toBe(1);
});

test('where one callback reads batch logs, each batch is read', async () => {
  const { readsByBatch } = await countReads({ batchLogs: true });
  expect(readsByBatch).toEqual(Array.from({ length: 32 }, (_, batch) => batch + 1));
});

test("'latest' gives logs from the first batch on, and waits for the device in few batches", async () => {
  const seen: number[] = [];
  const trainer = new Trainer(linear(), { optimizer: 'sgd', loss: 'mse' });
  await trainer.fit(x, y, {
    batchSize: 1,
    verbose: 0,
    callbacks: [{ batchLogs: 'latest', onTrainBatchEnd: (_, { loss }) => void seen.push(loss) }],
  });
  expect(seen).toHaveLength(32);
  expect(seen.every(Number.isFinite)).toBe(true);
});

test('the loss of a batch is a number, or an error if no callback asked for it', async () => {
  const read = async (batchLogs?: boolean) => {
    const seen: number[] = [];
    const note = (_batch: number, logs: Logs) => void seen.push(logs.loss);
    const trainer = new Trainer(linear(), { optimizer: 'sgd', loss: 'mse' });
    const callbacks = {
      ...(batchLogs === undefined ? {} : { batchLogs }),
      onTrainBatchEnd: note,
      onTestBatchEnd: note,
    };
    await trainer.fit(x, y, { verbose: 0, callbacks });
    await trainer.evaluate(x, y, { verbose: 0, callbacks });
    return seen;
  };
  expect(await read()).toEqual([expect.any(Number), expect.any(Number)]);
  const error = await caught(read(false));
  expect(error.code).toBe('KEEPFIT_INVALID_STATE');
  expect(error.message).toContain('set batchLogs of the callback to true');
});

test('fit, evaluate and predict take one callback in the place of a list', async () => {
  const calls: string[] = [];
  const note = (name: string) => () => void calls.push(name);
  const callbacks: CallbackHooks = {
    onEpochEnd: note('epoch'),
    onTestEnd: note('test'),
    onPredictEnd: note('predict'),
  };
  const trainer = new Trainer(linear(), { optimizer: 'sgd', loss: 'mse' });
  await trainer.fit(x, y, { verbose: 0, callbacks });
  await trainer.evaluate(x, y, { verbose: 0, callbacks });
  tf.dispose(await trainer.predict(x, { verbose: 0, callbacks }));
  expect(calls).toEqual(['epoch', 'test', 'predict']);
  const list = new CallbackList(callbacks);
  await list.onEpochEnd(0, { loss: 1 });
  expect(calls).toEqual(['epoch', 'test', 'predict', 'epoch']);
});

/** Reads from the device in one epoch of 32 batches: in all, and as they stood at the end of each batch. */
async function countReads(
  callback: Pick<CallbackHooks, 'batchLogs'>,
): Promise<{ reads: number; readsByBatch: number[] }> {
  const backend = tf.backend() as tf.KernelBackend;
  const spies = [vi.spyOn(backend, 'read'), vi.spyOn(backend, 'readSync')];
  // The cpu backend answers `read` by `readSync`.
  const count = () => Math.max(...spies.map(({ mock }) => mock.calls.length));
  const readsByBatch: number[] = [];
  const callbacks = [{ ...callback, onTrainBatchEnd: () => void readsByBatch.push(count()) }];
  await new Trainer(linear(), { optimizer: 'sgd', loss: 'mse' }).fit(x, y, {
    batchSize: 1,
    verbose: 0,
    callbacks,
  });
  return { reads: count(), readsByBatch };
}

function linear(): Model {
  const kernel = tf.variable(tf.ones<tf.Rank.R2>([2, 1]));
  return {
    weights: [{ name: 'kernel', variable: kernel, trainable: true }],
    call: (input) => tf.matMul(input as tf.Tensor2D, kernel as tf.Tensor2D),
  };
}
