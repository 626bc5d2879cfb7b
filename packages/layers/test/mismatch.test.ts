import '@tensorflow/tfjs';
import { cpuBackend } from '@keepfit/backend-cpu';
import {
  BackupAndRestore,
  type BackupAndRestoreOptions,
  type CallbackHooks,
  type StateRecord,
} from '@keepfit/callbacks';
import { decodeCheckpoint, encodeCheckpoint } from '@keepfit/callbacks/checkpoint';
import { seeded, useBackend } from '@keepfit/fit';
import { fit, type LayersFitOptions, getTrainer } from '@keepfit/layers';
import { type Optimizer, train } from '@tensorflow/tfjs-core';
import { layers, type LayersModel, sequential } from '@tensorflow/tfjs-layers';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { mapStore } from '../../callbacks/test/map-store.js';
import { caught } from '../../fit/test/helpers/caught.js';
import { type Proof, proofOfEnd } from '../../fit/test/helpers/proof-of-end.js';
import { throwAt } from '../../fit/test/helpers/throw-at.js';
import { weightsOf } from '../../fit/test/helpers/weights-of.js';
import { numbers, oneHot } from './equivalence/zoo-member.js';

/** What a training is made of; each change of it is tried. */
interface Setup {
  readonly hidden: () => LayersModel['layers'];
  readonly output: string;
  readonly optimizer: () => Optimizer;
  readonly loss: string;
  readonly metrics: string[];
  readonly options: LayersFitOptions;
  /** The number of the first sample, and how many there are. */
  readonly data: readonly [from: number, samples: number];
}

const setup: Setup = {
  hidden: () => [dense({}), layers.dropout({ rate: 0.25 })],
  output: 'softmax',
  optimizer: () => train.rmsprop(0.01, 0.9, 0.5, 1e-7),
  loss: 'categoricalCrossentropy',
  metrics: ['accuracy'],
  options: { epochs: 2, batchSize: 3, seed: 7, verbose: 0 },
  data: [0, 10],
};

function dense(change: object) {
  return layers.dense({
    units: 4,
    activation: 'relu',
    inputShape: [3],
    kernelRegularizer: 'l1l2',
    ...change,
  });
}

/** The bytes of a checkpoint in the middle of epoch 1. */
let saved: Uint8Array;
let whole: Proof;

beforeAll(async () => {
  await useBackend(cpuBackend());
  whole = (await run(setup, 1)).proof;
  const files = new Map<string, Uint8Array>();
  await caught(
    run(setup, 1, [
      new BackupAndRestore(mapStore(files), { saveFreq: 1 }),
      throwAt({ hook: 'onTrainBatchEnd', call: 7 }),
    ]),
  );
  saved = files.get('backup')!;
});

afterEach(() => useBackend(cpuBackend()));

function build({ hidden, output, optimizer, loss, metrics }: Setup, init: number): LayersModel {
  const model = seeded(init, () =>
    sequential({ layers: [...hidden(), layers.dense({ units: 2, activation: output as 'softmax' })] }),
  );
  model.compile({ optimizer: optimizer(), loss, metrics });
  return model;
}

async function run(
  with_: Setup,
  init: number,
  callbacks: readonly CallbackHooks[] = [],
  model = build(with_, init),
) {
  const [from, samples] = with_.data;
  const end = proofOfEnd();
  const [x, y] = [numbers(samples, from, [3]), oneHot(samples, from, 2)];
  const history = await fit(model, x, y, { ...with_.options, callbacks: [...callbacks, end] });
  return { history, proof: end.proof };
}

/** Continues the checkpoint with something changed; it must be refused. */
async function refused(change: Partial<Setup>, checkpoint = saved) {
  const files = new Map([['backup', checkpoint]]);
  const with_ = { ...setup, ...change };
  const model = build(with_, 99);
  const before = JSON.stringify(weightsOf(getTrainer(model)));
  const error = await caught(run(with_, 99, [new BackupAndRestore(mapStore(files))], model));
  return {
    error,
    isUntouched:
      JSON.stringify(weightsOf(getTrainer(model))) === before && files.get('backup') === checkpoint,
  };
}

const withOptions = (options: LayersFitOptions): Partial<Setup> => ({
  options: { ...setup.options, ...options },
});
const withDense = (change: object): Partial<Setup> => ({
  hidden: () => [dense(change), layers.dropout({ rate: 0.25 })],
});

describe.each<[what: string, change: Partial<Setup>, listed: RegExp]>([
  [
    'more units',
    withDense({ units: 5 }),
    /weights\["dense\/kernel"\]: saved "float32 \[3, 4\]", now "float32 \[3, 5\]"/,
  ],
  [
    'a weight less',
    withDense({ useBias: false }),
    /weights\["dense\/bias"\]: saved "float32 \[4\]", now null/,
  ],
  [
    'another name of a layer',
    withDense({ name: 'first' }),
    /\["first\/kernel"\]: saved null[^]*\["dense_1\/kernel"\]: saved .*, now null/,
  ],
  ['a frozen layer', withDense({ trainable: false }), /trainable\["dense\/kernel"\]: saved true, now false/],
  ['another activation', withDense({ activation: 'tanh' }), /activation: saved "relu", now "tanh"/],
  ['another activation of the output', { output: 'sigmoid' }, /activation: saved "softmax", now "sigmoid"/],
  ['no regularizer', withDense({ kernelRegularizer: undefined }), /regularizer.*: saved .+, now null/i],
  ['a constraint', withDense({ kernelConstraint: 'nonNeg' }), /constraint.*: saved null, now /i],
  [
    'another dropout rate',
    { hidden: () => [dense({}), layers.dropout({ rate: 0.5 })] },
    /rate: saved 0\.25, now 0\.5/,
  ],
  [
    'another kind of layer',
    { hidden: () => [dense({}), layers.gaussianDropout({ rate: 0.25 })] },
    /"Dropout", now "GaussianDropout"/,
  ],
  [
    'another optimizer',
    { optimizer: () => train.momentum(0.01, 0.9) },
    /optimizer\.class: saved "RMSProp", now "Momentum"/,
  ],
  [
    'another decay',
    { optimizer: () => train.rmsprop(0.01, 0.8, 0.5, 1e-7) },
    /optimizer\.decay: saved 0\.9, now 0\.8/,
  ],
  [
    'another momentum',
    { optimizer: () => train.rmsprop(0.01, 0.9, 0.4, 1e-7) },
    /optimizer\.momentum: saved 0\.5, now 0\.4/,
  ],
  [
    'a centered optimizer',
    { optimizer: () => train.rmsprop(0.01, 0.9, 0.5, 1e-7, true) },
    /optimizer\.centered: saved false, now true/,
  ],
  [
    'another loss',
    { loss: 'meanSquaredError' },
    /losses\[0\]\.categoricalCrossentropy: saved \{.*, now null\n.*\.meanSquaredError: saved null, now \{\}/,
  ],
  [
    'other metrics',
    { metrics: ['mse'] },
    /metrics\[0\]\[0\]\.metric: saved "accuracy", now null\n.*\.meanSquaredError: saved null, now \{"name":"mse"\}/,
  ],
  ['another batch size', withOptions({ batchSize: 4 }), /batchSize: saved 3, now 4/],
  ['steps an epoch', withOptions({ stepsPerEpoch: 3 }), /stepsPerEpoch: saved null, now 3/],
  ['other stepsPerExecution', withOptions({ stepsPerExecution: 2 }), /stepsPerExecution: saved 1, now 2/],
  ['no shuffling', withOptions({ shuffle: false }), /shuffle: saved true, now false/],
  ['another seed', withOptions({ seed: 8 }), /seed: saved 7, now 8/],
  ['class weights', withOptions({ classWeight: { 1: 2 } }), /classWeight.*: saved null, now /],
  [
    'sample weights',
    withOptions({ sampleWeight: numbers(10, 0, []) }),
    /sampleWeight: saved false, now true/,
  ],
  ['a part split off', withOptions({ validationSplit: 0.2 }), /samples: saved 10, now 8/],
  ['more samples', { data: [0, 11] }, /samples: saved 10, now 11/],
  ['other samples', { data: [1, 10] }, /rows\[0\]: saved \d+, now \d+/],
])('with %s', (_what, change, listed) => {
  test('a checkpoint is refused, old and new are listed, and nothing is touched', async () => {
    const { error, isUntouched } = await refused(change);
    expect(error.code).toBe('KEEPFIT_CHECKPOINT_MISMATCH');
    expect(error.message).toMatch(listed);
    expect(isUntouched).toBe(true);
  });
});

test('with batches that the user makes, where arrays were given before, a checkpoint is refused', async () => {
  const model = build(setup, 99);
  const stream = {
    *batchesFrom(_epoch: number, first: number) {
      for (let batch = first; batch < 4; batch++)
        yield { xs: numbers(2, 2 * batch, [3]), ys: oneHot(2, 2 * batch, 2) };
    },
  };
  const callbacks = [new BackupAndRestore(mapStore(new Map([['backup', saved]])))];
  const error = await caught(fit(model, stream, { epochs: 2, seed: 7, verbose: 0, callbacks }));
  expect(error.code).toBe('KEEPFIT_CHECKPOINT_MISMATCH');
  expect(error.message).toMatch(/data\.stream: saved null, now "seekable"/);
});

describe('across backends', () => {
  test('a checkpoint of another backend, or of other kernels, is refused by name', async () => {
    const { error, isUntouched } = await refused({}, await elsewhere());
    expect(error.code).toBe('KEEPFIT_CHECKPOINT_MISMATCH');
    expect(error.message).toMatch(/backend: saved "wasm", now "cpu"/);
    expect(error.message).toMatch(/kernels: saved "keepfit-wasm 1", now "keepfit-cpu 1/);
    expect(isUntouched).toBe(true);
    await useBackend({ ...cpuBackend(), kernels: 'keepfit-cpu 2' });
    expect((await refused({})).error.message).toMatch(
      /kernels: saved "keepfit-cpu 1[^"]*", now "keepfit-cpu 2/,
    );
  });

  test('with onMismatch "continue" it is restored bit for bit, and trains on', async () => {
    const bytes = await elsewhere();
    const { proof } = await resumed({}, bytes, { onMismatch: 'continue' });
    expect(proof.tensors).toEqual(whole.tensors);
  });

  /** The checkpoint as another backend would have written it. */
  async function elsewhere(): Promise<Uint8Array> {
    const { header, training } = decodeCheckpoint(saved.slice());
    const entries = [...training.tensors].map(([name, { dtype, shape, bytes }]) => ({
      name,
      dtype,
      shape,
      read: async () => bytes,
    }));
    const fingerprint = {
      ...(training.state['fingerprint'] as StateRecord),
      backend: 'wasm',
      kernels: 'keepfit-wasm 1',
    };
    const files = new Map<string, Uint8Array>();
    await mapStore(files).set(
      'backup',
      encodeCheckpoint({ entries, state: { ...training.state, fingerprint } }, header),
    );
    return files.get('backup')!;
  }
});

describe.each<[what: string, change: Partial<Setup>]>([
  ['the learning rate that is compiled', { optimizer: () => train.rmsprop(0.5, 0.9, 0.5, 1e-7) }],
  ['verbosity and how often the event loop has a turn', withOptions({ verbose: 0, yieldEvery: 1 })],
  [
    'validation data',
    withOptions({ validationData: [numbers(4, 20, [3]), oneHot(4, 20, 2)], validationBatchSize: 2 }),
  ],
  ['callbacks', withOptions({})],
  [
    'the automatic names of layers, which count up in a process',
    { hidden: () => (layers.dense({ units: 1 }), setup.hidden()) },
  ],
])('%s may change', (what, change) => {
  test('and the weights end as if it had not', async () => {
    const others =
      what === 'callbacks' ? [{ name: 'another', getState: () => ({}), setState: () => undefined }] : [];
    const { proof } = await resumed(change, saved, {}, others);
    expect(proof.tensors).toEqual(whole.tensors);
  });
});

test('epochs may be raised: training goes on as a longer one would', async () => {
  const longer = withOptions({ epochs: 3 });
  const { proof } = await resumed(longer, saved);
  expect(proof.tensors).toEqual((await run({ ...setup, ...longer }, 1)).proof.tensors);
});

test('"restart" leaves a checkpoint that does not fit aside, even where the weights differ', async () => {
  const change = withDense({ units: 5 });
  const { history, proof } = await resumed(change, saved, { onMismatch: 'restart' });
  expect(history.epoch).toEqual([0, 1]);
  expect(proof).toEqual((await run({ ...setup, ...change }, 99)).proof);
});

function resumed(
  change: Partial<Setup>,
  checkpoint: Uint8Array,
  backup: BackupAndRestoreOptions = {},
  others: readonly CallbackHooks[] = [],
) {
  return run({ ...setup, ...change }, 99, [
    new BackupAndRestore(mapStore(new Map([['backup', checkpoint]])), backup),
    ...others,
  ]);
}
