import { cpuBackend } from '@keepfit/backend-cpu';
import {
  BackupAndRestore,
  type BackupAndRestoreOptions,
  type CheckpointStore,
  type Difference,
} from '@keepfit/callbacks';
import { type FitOptions, type Model, Trainer, type TrainerOptions, useBackend } from '@keepfit/fit';
import { binaryCrossentropy } from '@keepfit/fit/losses';
import { auc, precision } from '@keepfit/fit/metrics';
import { memoryStore } from '@keepfit/store-memory';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { caught } from './helpers/caught.js';
import { plainData } from './helpers/plain-data.js';
import { plainModel } from './helpers/plain-model.js';
import { copyOf, storedBytes, storedProgress } from './helpers/stored.js';
import { throwAt } from './helpers/throw-at.js';
import {
  type Ended,
  plainFitOptions,
  plainMetrics,
  plainTrainer,
  trainPlain,
} from './helpers/train-plain.js';
import { weightsOf } from './helpers/weights-of.js';

let uninterrupted: Ended;
let saved: CheckpointStore;

beforeAll(async () => {
  await useBackend(cpuBackend());
  uninterrupted = await trainPlain();
  saved = memoryStore();
  await caught(
    trainPlain({
      before: [new BackupAndRestore(saved, { saveFreq: 1 }), throwAt({ hook: 'onTrainBatchEnd', call: 7 })],
    }),
  );
});

interface Change {
  readonly model?: Model;
  readonly trainer?: Partial<TrainerOptions>;
  readonly options?: FitOptions;
  readonly data?: ReturnType<typeof plainData>;
}

/** Continues the saved training with something changed. */
async function refit(
  store: CheckpointStore,
  { model = plainModel(99), trainer = {}, options = {}, data = plainData(10) }: Change,
  backup: BackupAndRestoreOptions = {},
) {
  const used = new Trainer(model, {
    optimizer: tf.train.adam(0.05),
    loss: 'binaryCrossentropy',
    metrics: plainMetrics(),
    ...trainer,
  });
  const before = weightsOf(used);
  const bytes = await storedBytes(store);
  const error = await caught(
    used.fit(data.x, data.y, {
      ...plainFitOptions(),
      ...options,
      callbacks: [new BackupAndRestore(store, backup)],
    }),
  );
  return {
    error,
    isUntouched: JSON.stringify(weightsOf(used)) === JSON.stringify(before),
    bytesAreSame: Buffer.compare(bytes, await storedBytes(store)) === 0,
  };
}

/** The plain model with one of its weights changed. */
function changedModel(
  change: (
    name: string,
  ) => { name?: string; shape?: number[]; dtype?: 'int32' | 'float32'; trainable?: boolean } | undefined,
): Model {
  const model = plainModel(99);
  const weights = model.weights.map((weight) => {
    const { name = weight.name, shape, dtype, trainable = weight.trainable } = change(weight.name) ?? {};
    const variable =
      shape === undefined && dtype === undefined
        ? weight.variable
        : tf.variable(tf.zeros(shape ?? weight.variable.shape, dtype ?? 'float32'), trainable);
    return { name, variable, trainable };
  });
  return { ...model, weights };
}

const otherLast = (): ReturnType<typeof plainData> => {
  const data = plainData(10);
  data.x.data[29] = 0.123;
  return data;
};

describe.each<[what: string, change: () => Change, listed: RegExp]>([
  [
    'another shape of a weight',
    () => ({ model: changedModel((name) => (name === 'bias1' ? { shape: [5] } : undefined)) }),
    /weights\["bias1"\]: saved "float32 \[4\]", now "float32 \[5\]"/,
  ],
  [
    'another dtype of a weight',
    () => ({ model: changedModel((name) => (name === 'calls' ? { dtype: 'float32' } : undefined)) }),
    /weights\["calls"\]: saved "int32 \[\]", now "float32 \[\]"/,
  ],
  [
    'another name of a weight',
    () => ({ model: changedModel((name) => (name === 'bias1' ? { name: 'offset' } : undefined)) }),
    /weights\["offset"\]: saved null, now "float32 \[4\]"[^]*weights\["bias1"\]: saved "float32 \[4\]", now null/,
  ],
  [
    'a weight that is no longer trained',
    () => ({ model: changedModel((name) => (name === 'bias1' ? { trainable: false } : undefined)) }),
    /trainable\.bias1: saved true, now false/,
  ],
  [
    'another configuration of the model',
    () => ({ model: { ...plainModel(99), config: { kind: 'plain', hidden: 5 } } }),
    /config\.hidden: saved 4, now 5/,
  ],
  [
    'another optimizer',
    () => ({ trainer: { optimizer: tf.train.sgd(0.05) } }),
    /optimizer\.class: saved "Adam", now "SGD"/,
  ],
  [
    'another setting of the optimizer',
    () => ({ trainer: { optimizer: tf.train.adam(0.05, 0.8) } }),
    /optimizer\.beta1: saved 0\.9, now 0\.8/,
  ],
  [
    'another loss',
    () => ({ trainer: { loss: 'mse' } }),
    /losses\[0\]\.binaryCrossentropy: saved \{.*, now null\n.*losses\[0\]\.meanSquaredError: saved null, now \{\}/,
  ],
  [
    'another option of the loss',
    () => ({ trainer: { loss: binaryCrossentropy({ labelSmoothing: 0.1 }) } }),
    /Differences:\n  objective\.losses\[0\]\.binaryCrossentropy\.labelSmoothing: saved 0, now 0\.1\n(?!  )/,
  ],
  [
    'another option of a metric',
    () => ({ trainer: { metrics: [...plainMetrics().slice(0, 3), auc({ numThresholds: 7 })] } }),
    /Differences:\n  objective\.metrics\[0\]\[3\]\.auc\.numThresholds: saved 6, now 7\n(?!  )/,
  ],
  [
    'other metrics',
    () => ({ trainer: { metrics: ['mse'] } }),
    /metrics.*: saved \{"metric":"accuracy"\}, now null/,
  ],
  [
    'other stepsPerExecution',
    () => ({ trainer: { stepsPerExecution: 2 } }),
    /stepsPerExecution: saved 1, now 2/,
  ],
  ['another batch size', () => ({ options: { batchSize: 5 } }), /batchSize: saved 3, now 5/],
  ['other steps an epoch', () => ({ options: { stepsPerEpoch: 3 } }), /stepsPerEpoch: saved null, now 3/],
  ['no shuffling', () => ({ options: { shuffle: false } }), /shuffle: saved true, now false/],
  ['another seed', () => ({ options: { seed: 8 } }), /seed: saved 7, now 8/],
  [
    'sample weights',
    () => ({ options: { sampleWeight: { data: new Float32Array(10).fill(1), shape: [10] } } }),
    /sampleWeight: saved false, now true/,
  ],
  ['fewer samples', () => ({ data: plainData(9) }), /samples: saved 10, now 9/],
  ['other data', () => ({ data: plainData(10, 1) }), /rows\[0\]: saved \d+, now \d+/],
  ['another last row', () => ({ data: otherLast() }), /rows\[0\]: saved \d+, now \d+/],
])('a checkpoint and a training with %s', (_what, change, listed) => {
  test('do not fit: the error lists it, and model and checkpoint stay as they are', async () => {
    const { error, isUntouched, bytesAreSame } = await refit(await copyOf(saved), change());
    expect(error.code).toBe('KEEPFIT_CHECKPOINT_MISMATCH');
    expect(error.message).toMatch(listed);
    expect(error.message).toMatch(/onMismatch/);
    expect({ isUntouched, bytesAreSame }).toEqual({ isUntouched: true, bytesAreSame: true });
  });
});

test('all differences are listed, not only the first', async () => {
  const { error } = await refit(await copyOf(saved), {
    options: { batchSize: 5, seed: 8, shuffle: false },
    trainer: { optimizer: tf.train.sgd(1) },
  });
  for (const item of ['batchSize', 'seed', 'shuffle', 'optimizer.class'])
    expect(error.message).toContain(`\n  ${item}: `);
});

test('what shapes nothing may change: epochs, verbosity, callbacks, validation, learning rate, spelling of defaults', async () => {
  const store = await copyOf(saved);
  const { x, y } = plainData(4, 20);
  const options = { epochs: 2, validationData: [x, y] as const, validationBatchSize: 4, yieldEvery: 0 };
  const { whole } = await trainPlain({
    trainer: {
      optimizer: tf.train.adam(0.3),
      loss: binaryCrossentropy({ fromLogits: false }),
      metrics: ['mse', 'accuracy', precision({ thresholds: [0.5] }), auc({ numThresholds: 6, curve: 'ROC' })],
      weightedMetrics: [],
    },
    options,
    before: [new BackupAndRestore(store)],
    after: [{}],
  });
  expect(whole.history['loss']).toEqual(uninterrupted.whole.history['loss']!.slice(0, 2));
});

test('no seed given now takes the saved one', async () => {
  const { proof } = await trainPlain({
    init: 99,
    options: { seed: undefined },
    before: [new BackupAndRestore(await copyOf(saved))],
  });
  expect(proof).toEqual(uninterrupted.proof);
});

describe('onMismatch', () => {
  const changed = { options: { seed: 8 } } as const;

  test('"continue" restores what fits and goes on from there', async () => {
    const store = await copyOf(saved);
    const { whole, returned, proof } = await trainPlain({
      init: 99,
      ...changed,
      before: [new BackupAndRestore(store, { onMismatch: 'continue' })],
    });
    expect(returned.epoch).toEqual([1, 2]);
    expect(whole.history['loss']![0]).toBe(uninterrupted.whole.history['loss']![0]);
    expect(proof.state['seed']).toBe(8);
    expect(proof.state['progress']).toMatchObject({ step: 12 });
    expect(await store.keys()).toEqual([]);
  });

  test('"continue" takes another optimizer: it begins without a memory, and keeps the rate that it was given', async () => {
    const trainer = plainTrainer({ init: 99, trainer: { optimizer: tf.train.sgd(0.3) } });
    const rates: number[] = [];
    const watch = { onTrainBatchBegin: () => void rates.push(trainer.learningRate) };
    const { proof } = await trainPlain(
      { before: [new BackupAndRestore(await copyOf(saved), { onMismatch: 'continue' }), watch] },
      trainer,
    );
    expect(proof.state['optimizer']).toMatchObject({ class: 'SGD' });
    expect(rates[0]).toBe(0.3);
  });

  test('"continue" is still an error where the weights do not fit, and nothing is touched', async () => {
    const model = changedModel((name) => (name === 'bias1' ? { shape: [5] } : undefined));
    const { error, isUntouched, bytesAreSame } = await refit(
      await copyOf(saved),
      { model },
      { onMismatch: 'continue' },
    );
    expect(error.code).toBe('KEEPFIT_CHECKPOINT_MISMATCH');
    expect({ isUntouched, bytesAreSame }).toEqual({ isUntouched: true, bytesAreSame: true });
  });

  test('"restart" trains from scratch with what fit was given, and replaces the checkpoint', async () => {
    const store = await copyOf(saved);
    const fresh = await trainPlain({ init: 3, ...changed });
    const backup = new BackupAndRestore(store, { onMismatch: 'restart' });
    const crash = throwAt({ hook: 'onTrainBatchEnd', call: 1 });
    await caught(trainPlain({ init: 3, ...changed, before: [backup, crash] }));
    expect(await storedProgress(store)).toMatchObject({ step: 0 });
    const { proof, returned } = await trainPlain({
      init: 4,
      ...changed,
      before: [new BackupAndRestore(store)],
    });
    expect(proof).toEqual(fresh.proof);
    expect(returned.epoch).toEqual([0, 1, 2]);
  });

  test('a function is given the differences and decides', async () => {
    const onMismatch = vi.fn((_differences: readonly Difference[]) => 'continue' as const);
    await trainPlain({
      init: 99,
      ...changed,
      before: [new BackupAndRestore(await copyOf(saved), { onMismatch })],
    });
    expect(onMismatch.mock.calls).toEqual([[[{ item: 'seed', saved: 7, current: 8, canContinue: true }]]]);
    const { error } = await refit(await copyOf(saved), changed, { onMismatch: () => 'error' });
    expect(error.code).toBe('KEEPFIT_CHECKPOINT_MISMATCH');
  });

  test('is not asked where all is the same', async () => {
    const onMismatch = vi.fn(() => 'error' as const);
    await trainPlain({ init: 99, before: [new BackupAndRestore(await copyOf(saved), { onMismatch })] });
    expect(onMismatch).not.toHaveBeenCalled();
  });
});
