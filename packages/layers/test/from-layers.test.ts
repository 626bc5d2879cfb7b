import { cpuBackend } from '@keepfit/backend-cpu';
import { type Model, Trainer, useBackend } from '@keepfit/fit';
import { evaluate, fit, fromLayers, predict } from '@keepfit/layers';
import { type Tensor, train } from '@tensorflow/tfjs-core';
import {
  input,
  layers,
  type LayersModel,
  model as functional,
  sequential,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, test } from 'vitest';
import { caught } from '../../fit/test/helpers/caught.js';

beforeAll(() => useBackend(cpuBackend()));

const MODELS: Record<string, () => LayersModel> = {
  sequential: () =>
    sequential({
      layers: [
        layers.dense({ units: 2, inputShape: [3] }),
        layers.batchNormalization(),
        layers.dense({ units: 1, name: 'mine' }),
      ],
    }),
  'a functional model': () => {
    const [a, b] = [input({ shape: [3] }), input({ shape: [3] })];
    const sum = layers.add().apply([a, b]) as SymbolicTensor;
    return functional({ inputs: [a, b], outputs: layers.dense({ units: 1 }).apply(sum) as SymbolicTensor });
  },
  'a functional model around a sequential one': () => {
    const inner = sequential({
      layers: [layers.dense({ units: 2, inputShape: [3] }), layers.dense({ units: 1 })],
    });
    return functional({ inputs: inner.inputs, outputs: inner.outputs });
  },
  'a wrapped layer': () =>
    sequential({
      layers: [
        layers.bidirectional({
          layer: layers.gru({ units: 2, recurrentInitializer: 'glorotUniform' }) as never,
          mergeMode: 'concat',
          inputShape: [4, 3],
        }),
        layers.dense({ units: 1 }),
      ],
    }),
};

test.each(Object.entries(MODELS))(
  '%s: weights and configuration have the same names however many layers were made before',
  (_what, build) => {
    const [first, second] = [fromLayers(build()), fromLayers(build())];
    expect(second.weights.map(({ name }) => name)).toEqual(first.weights.map(({ name }) => name));
    expect(second.config).toEqual(first.config);
    expect(new Set(first.weights.map(({ name }) => name)).size).toBe(first.weights.length);
  },
);

test('names are those of a fresh Keras session, and names of the user stay', () => {
  const { weights } = fromLayers(MODELS['sequential']!());
  expect(weights.map(({ name }) => name).sort()).toEqual([
    'batch_normalization/beta',
    'batch_normalization/gamma',
    'batch_normalization/moving_mean',
    'batch_normalization/moving_variance',
    'dense/bias',
    'dense/kernel',
    'mine/bias',
    'mine/kernel',
  ]);
});

test('weights of a layer that is frozen, then freed, are trained from then on', () => {
  const model = MODELS['sequential']!();
  const wrapped = fromLayers(model);
  const trained = () => wrapped.weights.filter(({ trainable }) => trainable).map(({ name }) => name);
  expect(trained()).toContain('dense/kernel');
  model.layers[0]!.trainable = false;
  expect(trained()).not.toContain('dense/kernel');
});

describe('several inputs', () => {
  const rows = (value: number) => ({ data: new Float32Array(12).fill(value), shape: [4, 3] });
  const y = { data: new Float32Array(4), shape: [4, 1] };

  function named(names: readonly [string, string]): LayersModel {
    const [a, b] = names.map((name) => input({ shape: [3], name })) as [SymbolicTensor, SymbolicTensor];
    const difference = layers
      .add()
      .apply([a, layers.activation({ activation: 'tanh' }).apply(b) as SymbolicTensor]) as SymbolicTensor;
    const model = functional({
      inputs: [a, b],
      outputs: layers.dense({ units: 1 }).apply(difference) as SymbolicTensor,
    });
    model.compile({ optimizer: train.sgd(0.1), loss: 'meanSquaredError' });
    return model;
  }

  test.each([[['left', 'right']], [['input1', 'input2']], [['a_1', 'a_2']]] as const)(
    'are given by the names %s, or as a list',
    async (names) => {
      const model = named(names);
      const record = { [names[1]]: rows(2), [names[0]]: rows(1) };
      const [byName, byList] = [
        await predict(model, record, { verbose: 0 }),
        await predict(model, [rows(1), rows(2)], { verbose: 0 }),
      ];
      expect([...(byName as Tensor).dataSync()]).toEqual([...(byList as Tensor).dataSync()]);
      await fit(model, record, y, { verbose: 0 });
      expect(Object.keys(await evaluate(model, record, y, { verbose: 0 }))).toEqual(['loss']);
    },
  );
});

test('a model that cannot be built, or is not compiled, is refused with what to do', async () => {
  expect(() => fromLayers(sequential())).toThrow(/^KEEPFIT_INVALID_DATA: .*layers/);
  const built = sequential({ layers: [layers.dense({ units: 1, inputShape: [3] })] });
  const error = await caught(fit(built, [[1, 2, 3]], [[1]], { verbose: 0 }));
  expect(error.message).toMatch(/^KEEPFIT_INVALID_OPTION: the model is not compiled; call model\.compile/);
});

test.each([
  ['nothing', undefined, /not undefined/],
  ['a promise of a model', Promise.resolve(sequential()), /not a Promise; await it/],
  ['a function', () => sequential(), /not a function/],
  ['a model of your own', { weights: [], call: () => [] }, /a model of your own with Trainer/],
])('%s in the place of a model is refused with what it must be', async (_what, model, message) => {
  const wanted = /^KEEPFIT_INVALID_OPTION: the model must be a tfjs-layers model/;
  for (const run of [fit, evaluate, predict, async (given: never) => fromLayers(given)]) {
    const error = await caught((run as (...given: unknown[]) => Promise<unknown>)(model, [[1]], [[1]]));
    expect(error.message).toMatch(wanted);
    expect(error.message).toMatch(message);
  }
});

test('a Trainer is given fromLayers(model), not the model of layers', () => {
  const model = sequential({ layers: [layers.dense({ units: 1, inputShape: [3] })] });
  const make = (given: unknown) => () => new Trainer(given as Model, { optimizer: 'sgd', loss: 'mse' });
  expect(make(model)).toThrow(/^KEEPFIT_INVALID_OPTION: the model of Trainer must be .*fromLayers\(model\)/);
  expect(make(fromLayers(model))).not.toThrow();
});
