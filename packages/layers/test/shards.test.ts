import { cpuBackend } from '@keepfit/backend-cpu';
import { BackupAndRestore, type CallbackHooks } from '@keepfit/callbacks';
import { type FitOptions, type Phase, seeded, Trainer, type TrainerOptions, useBackend } from '@keepfit/fit';
import { auc, type StatefulMetric } from '@keepfit/fit/metrics';
import { dice, sparseCategoricalCrossentropy } from '@keepfit/fit/losses';
import { fromLayers, joinModels } from '@keepfit/layers';
import { memoryStore } from '@keepfit/store-memory';
import * as tf from '@tensorflow/tfjs-core';
import { layers, type LayersModel, sequential } from '@tensorflow/tfjs-layers';
import { beforeEach, describe, expect, test } from 'vitest';
import { throwAt } from '../../fit/test/helpers/throw-at.js';
import { sample } from '../../../test/setup/sample.js';
import { numbers as list } from './equivalence/zoo-member.js';
import { createNoisyNet } from './helpers/noisy-net.js';

beforeEach(() => useBackend(cpuBackend()));

/** Meaningless numbers that repeat. */
function numbers(samples: number, from: number, shape: readonly number[], salt = 0): tf.Tensor {
  const { data, shape: full } = list(samples, from, shape, salt);
  return tf.tensor(data as Float32Array, [...full]);
}

type Options = Omit<TrainerOptions, 'optimizer'> & { readonly optimizer?: TrainerOptions['optimizer'] };
type Data = readonly [x: tf.Tensor, y: tf.Tensor];

/** Trains a fresh model, and returns all that a training gives. */
async function train(
  build: () => LayersModel,
  data: () => Data,
  options: Options,
  given: FitOptions & { readonly runs?: readonly (readonly CallbackHooks[])[] } = {},
) {
  const { runs = [[]], ...fitOptions } = given;
  let result: unknown;
  for (const callbacks of runs) {
    const model = seeded(1, build);
    const optimizer = options.optimizer ?? tf.train.sgd(0.1);
    const trainer = new Trainer(fromLayers(model), { ...options, optimizer });
    const [x, y] = data();
    const logs: string[] = [];
    const listen: CallbackHooks = {
      batchLogs: true,
      onTrainBatchEnd: (_, log) => void logs.push(JSON.stringify(log)),
    };
    const ended = trainer.fit(x, y, {
      ...{ batchSize: 6, seed: 3, verbose: 0, epochs: 2, ...fitOptions },
      callbacks: [...callbacks, listen],
    });
    await ended.catch((error: unknown) => {
      if (!/crash at/.test(String(error))) throw error;
    });
    const weights = model.getWeights().map((weight) => [...weight.dataSync()]);
    result = { weights, history: trainer.history.history, last: logs.at(-1), replay: trainer.replay.active };
    tf.dispose([x, y]);
    model.dispose();
  }
  return result as { weights: number[][]; history: Record<string, number[]>; last: string; replay: boolean };
}

function expectClose(values: readonly number[], wanted: readonly number[]): void {
  expect(values.length).toBe(wanted.length);
  values.forEach((value, index) => expect(value).toBeCloseTo(wanted[index] ?? NaN, 5));
}

const classify = (activation: 'linear' | 'softmax' | 'sigmoid', units: number) =>
  sequential({
    layers: [
      layers.dense({ units: 5, activation: 'tanh', inputShape: [3] }),
      layers.dense({ units, activation }),
    ],
  });
const plain = () => classify('linear', 2);
// 14 rows: the last batch of 6 has 2 rows, so that of 4 shards two have none.
const regression = (): Data => [numbers(14, 0, [3]), numbers(14, 0, [2], 1)];
const mse = { loss: 'meanSquaredError', metrics: ['mae'] } as const satisfies Options;

describe('exactness', () => {
  test('shards give the same bits in each run, and others than the whole batch', async () => {
    const runs = [];
    for (const shards of [4, 4, 1]) runs.push(await train(createNoisyNet, regression, mse, { shards }));
    expect(runs[1]).toEqual(runs[0]);
    expect(runs[2]?.weights).not.toEqual(runs[0]?.weights);
  });

  test('one shard is no shard', async () => {
    const options = { ...mse, optimizer: 'adam' } as const;
    expect(await train(createNoisyNet, regression, options, { shards: 1 })).toEqual(
      await train(createNoisyNet, regression, options),
    );
  });

  test.each(sample([2, 3, 8, 4], 2))(
    '%i shards that were killed in an epoch end as if nothing had happened',
    async (shards) => {
      const options = { ...mse, optimizer: 'adam' } as const;
      const run = async (crash: readonly CallbackHooks[][]) => {
        const store = memoryStore();
        return train(createNoisyNet, regression, options, {
          shards,
          epochs: 3,
          replay: false,
          runs: [...crash, []].map((more) => [new BackupAndRestore(store, { saveFreq: 1 }), ...more]),
        });
      };
      // Each run records for itself.
      const [killed, whole] = [await run([[throwAt({ hook: 'onTrainBatchEnd', call: 14 })]]), await run([])];
      expect({ ...killed, replay: true }).toEqual({ ...whole, replay: true });
    },
  );

  test('a checkpoint tells how many shards there are', async () => {
    const run = async (shards: readonly (number | undefined)[]) => {
      const store = memoryStore();
      let result: unknown;
      for (const [at, count] of shards.entries()) {
        const crash = at + 1 < shards.length ? [throwAt({ hook: 'onTrainBatchEnd', call: 2 })] : [];
        result = await train(createNoisyNet, regression, mse, {
          ...(count !== undefined && { shards: count }),
          runs: [[new BackupAndRestore(store, { saveFreq: 1 }), ...crash]],
        });
      }
      return result;
    };
    expect(await run([4, undefined])).toEqual(await run([4]));
    await expect(run([4, 2])).rejects.toMatchObject({
      code: 'KEEPFIT_CHECKPOINT_MISMATCH',
      message: expect.stringContaining('shards') as string,
    });
    await expect(run([undefined, 2])).rejects.toMatchObject({ code: 'KEEPFIT_CHECKPOINT_MISMATCH' });
  });

  test.each([3, 4])('%i recorded shards give the bits of the normal ones', async (shards) => {
    const data = (): Data => [numbers(40, 0, [3]), numbers(40, 0, [2], 1)];
    const given = { shards, epochs: 4, batchSize: 8 };
    const [on, off] = [
      await train(createNoisyNet, data, mse, given),
      await train(createNoisyNet, data, mse, { ...given, replay: false }),
    ];
    expect([on.replay, off.replay]).toEqual([true, false]);
    expect({ ...on, replay: false }).toEqual(off);
  });

  test('nothing is left', async () => {
    const before = tf.memory().numTensors;
    await train(createNoisyNet, regression, { ...mse, optimizer: 'sgd' }, { shards: 4 });
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('shards without randomness train as the whole batch does, up to rounding', () => {
  const classes = (): Data => [
    numbers(14, 0, [3]),
    tf.tensor1d(
      Array.from({ length: 14 }, (_, row) => row % 3),
      'float32',
    ),
  ];
  const sequence = (): Data => [
    tf.tensor2d(
      Array.from({ length: 14 }, (_, row) => [1, row % 3, row % 2, row % 5 > 2 ? 0 : 2]),
      [14, 4],
      'int32',
    ),
    numbers(14, 0, [4, 2], 1),
  ];
  const masked = () =>
    sequential({
      layers: [
        layers.embedding({ inputDim: 5, outputDim: 3, maskZero: true, inputLength: 4 }),
        layers.simpleRNN({ units: 3, returnSequences: true }),
        layers.dense({ units: 2 }),
      ],
    });
  const halves = tf.util.createShuffledIndices(14);
  const weights = () => Float32Array.from({ length: 14 }, (_, row) => ((halves[row] ?? 0) % 4) / 2);
  const sparse = (options: object) => sparseCategoricalCrossentropy({ fromLogits: true, ...options });
  const cases: Record<string, readonly [() => LayersModel, () => Data, Options, FitOptions?]> = {
    'a mean': [plain, regression, mse],
    'sample weights': [plain, regression, { ...mse, weightedMetrics: ['mse'] }, { sampleWeight: weights() }],
    'class weights': [
      () => classify('softmax', 3),
      classes,
      { loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] },
      { classWeight: { 0: 3, 2: 0.5 } },
    ],
    'a sum': [() => classify('linear', 3), classes, { loss: sparse({ reduction: 'sum' }) }],
    'the mean of the weights': [
      () => classify('linear', 3),
      classes,
      { loss: sparse({ reduction: 'mean_with_sample_weight' }) },
      { sampleWeight: weights() },
    ],
    'an ignored class': [() => classify('linear', 3), classes, { loss: sparse({ ignoreClass: 1 }) }],
    'an ignored class, by the mean of the weights': [
      () => classify('linear', 3),
      classes,
      { loss: sparse({ ignoreClass: 1, reduction: 'mean_with_sample_weight' }) },
      { sampleWeight: weights() },
    ],
    'a mask': [masked, sequence, mse],
    'a mask and sample weights': [
      masked,
      sequence,
      { ...mse, weightedMetrics: ['mse'] },
      { sampleWeight: weights() },
    ],
    'a metric with a state': [
      () => classify('sigmoid', 1),
      () => [numbers(14, 0, [3]), tf.tensor2d(Array.from({ length: 14 }, (_, row) => [row % 2]))],
      { loss: 'binaryCrossentropy', metrics: [auc(), 'precision', 'recall'] },
    ],
  };
  test.each(Object.entries(cases))('%s', async (_, [build, data, options, more]) => {
    const whole = await train(build, data, options, more);
    for (const shards of [2, 4]) {
      const cut = await train(build, data, options, { ...more, shards });
      cut.weights.forEach((values, at) => expectClose(values, whole.weights[at] ?? []));
      for (const [key, values] of Object.entries(whole.history)) expectClose(cut.history[key] ?? [], values);
    }
  });
});

test('a metric without merge is given the outputs of each shard', async () => {
  const sizes: number[] = [];
  const largest: StatefulMetric = {
    name: 'largest',
    initial: () => [tf.scalar(-1e9)],
    update: ([state], _, yPred) => {
      sizes.push(yPred.shape[0] ?? 0);
      return [tf.maximum(state as tf.Tensor, tf.max(yPred))];
    },
    result: ([state]) => tf.clone(state as tf.Tensor),
  };
  const { history } = await train(
    plain,
    regression,
    { loss: 'mse', metrics: [largest] },
    { shards: 2, epochs: 1 },
  );
  expect(sizes).toEqual([3, 3, 3, 3, 1, 1]);
  expect(history['largest']?.[0]).toBeGreaterThan(-1e9);
});

describe('phases', () => {
  const run = async (given: FitOptions, build = createNoisyNet, stdDev = 0.1) => {
    const [first, second] = [seeded(1, build), seeded(2, build)];
    const model = joinModels({ first, second }, { main: 'first' });
    const loss =
      (part: 'first' | 'second'): Phase['loss'] =>
      ({ x, y }, { random, training }) => {
        const noise = random.normal(x.shape, 0, stdDev);
        const outputs = model.parts[part].call(tf.add(x, noise), { training }) as tf.Tensor;
        const error = tf.mean(tf.square(tf.sub(outputs, y)));
        return { loss: error, logs: { [`${part}_error`]: tf.sqrt(error) }, outputs };
      };
    const phases = [
      { name: 'a', weights: 'first', optimizer: 'adam', loss: loss('first') },
      { name: 'b', weights: 'second', optimizer: 'sgd', loss: loss('second') },
    ] as const;
    const trainer = new Trainer(model, { phases, metrics: ['mae'] });
    const [x, y] = regression();
    await trainer.fit(x, y, { batchSize: 6, seed: 3, verbose: 0, epochs: 2, ...given });
    return {
      weights: model.weights.map(({ variable }) => [...variable.dataSync()]),
      history: trainer.history.history as Readonly<Record<string, number[]>>,
    };
  };

  test('shards of phases repeat', async () => {
    expect(await run({ shards: 3 })).toEqual(await run({ shards: 3 }));
  });

  test('phases without randomness train as the whole batch does, up to rounding', async () => {
    const [cut, whole] = [await run({ shards: 3 }, plain, 0), await run({}, plain, 0)];
    cut.weights.forEach((values, at) => expectClose(values, whole.weights[at] ?? []));
    const { loss, a_loss: a, b_loss: b, mae } = cut.history;
    for (const [key, values] of Object.entries({ loss, a_loss: a, b_loss: b, mae }))
      expectClose(values ?? [], whole.history[key] ?? []);
  });
});

describe('what cannot be cut is refused before the first step', () => {
  const refuse = async (build: () => LayersModel, shards = 2) => {
    const before = build();
    before.dispose();
    let steps = 0;
    const count: CallbackHooks = { onTrainBatchBegin: () => void steps++, onTrainBegin: () => void steps++ };
    const error: unknown = await train(build, regression, mse, { shards, runs: [[count]] }).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(steps).toBe(0);
    return error;
  };

  test('a layer with a seed of its own', async () => {
    const build = () =>
      sequential({
        layers: [layers.dropout({ rate: 0.5, seed: 4, inputShape: [3] }), layers.dense({ units: 2 })],
      });
    expect(await refuse(build)).toMatchObject({
      code: 'KEEPFIT_INVALID_OPTION',
      message: expect.stringContaining('seed of its own') as string,
    });
  });

  test('a stateful layer', async () => {
    const build = () =>
      sequential({
        layers: [
          layers.reshape({ targetShape: [3, 1], batchInputShape: [2, 3] }),
          layers.simpleRNN({ units: 2, stateful: true }),
        ],
      });
    expect(await refuse(build)).toMatchObject({
      message: expect.stringContaining('stateful: false') as string,
    });
  });

  test('a trainStep', async () => {
    const model = fromLayers(seeded(1, createNoisyNet));
    const trainer = new Trainer(model, { optimizers: { all: 'sgd' }, trainStep: () => ({}) });
    const [x, y] = regression();
    await expect(trainer.fit(x, y, { shards: 2, verbose: 0 })).rejects.toThrow(/give phases/);
  });

  test('a weight that the forward pass assigns', async () => {
    const state = tf.variable(tf.scalar(0), false);
    const weight = tf.variable(tf.scalar(1));
    const model = {
      weights: [
        { name: 'weight', variable: weight, trainable: true },
        { name: 'count', variable: state, trainable: false },
      ],
      call(x: tf.Tensor | tf.Tensor[], { training }: { training: boolean }) {
        if (training) tf.tidy(() => state.assign(tf.add(state, 1)));
        return tf.mul(x as tf.Tensor, weight);
      },
    };
    const trainer = new Trainer(model, { optimizer: 'sgd', loss: 'mse' });
    await expect(
      trainer.fit(numbers(6, 0, [2]), numbers(6, 0, [2]), { shards: 2, verbose: 0 }),
    ).rejects.toThrow(/"count" is assigned in the forward pass/);
    expect([state.dataSync()[0], weight.dataSync()[0]]).toEqual([0, 1]);
  });

  test('the same weight is averaged if the model says so', async () => {
    const state = tf.variable(tf.scalar(0), false);
    const weight = tf.variable(tf.scalar(1));
    const model = {
      weights: [
        { name: 'weight', variable: weight, trainable: true },
        { name: 'rows', variable: state, trainable: false, merge: 'mean' as const },
      ],
      call(x: tf.Tensor | tf.Tensor[], { training }: { training: boolean }) {
        const [rows = 0] = (x as tf.Tensor).shape;
        if (training) tf.tidy(() => state.assign(tf.scalar(rows)));
        return tf.mul(x as tf.Tensor, weight);
      },
    };
    const trainer = new Trainer(model, { optimizer: 'sgd', loss: 'mse' });
    await trainer.fit(numbers(3, 0, [2]), numbers(3, 0, [2]), { shards: 2, verbose: 0 });
    // Shards of one row and of two: 1 · 1/3 + 2 · 2/3.
    expect(state.dataSync()[0]).toBeCloseTo(5 / 3, 6);
  });

  test('no number of shards', async () => {
    const bad = train(createNoisyNet, regression, mse, { shards: 0 });
    await expect(bad).rejects.toThrow(/shards of fit must be a positive integer/);
  });
});

test('losses over a batch see the rows of a shard', async () => {
  const data = (): Data => [numbers(12, 0, [3]), tf.cast(tf.greater(numbers(12, 0, [2]), 0.5), 'float32')];
  const options = { loss: dice() };
  const whole = await train(() => classify('sigmoid', 2), data, options);
  const cut = await train(() => classify('sigmoid', 2), data, options, { shards: 2 });
  expect(cut.weights).not.toEqual(whole.weights);
});
