import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { cpuBackend } from '@keepfit/backend-cpu';
import { BackupAndRestore } from '@keepfit/callbacks';
import { type FitOptions, useBackend } from '@keepfit/fit';
import {
  type ActivityRegularizerOption,
  evaluate,
  fit,
  predict,
  regularizeActivity,
  trainOnBatch,
} from '@keepfit/layers';
import { memoryStore } from '@keepfit/store-memory';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { caught } from '../../fit/test/helpers/caught.js';
import { throwAt } from '../../fit/test/helpers/throw-at.js';

interface KerasCase {
  readonly name: string;
  readonly loss: readonly number[];
  readonly val_loss: readonly number[];
  readonly evaluated: number;
  readonly weights: readonly number[];
}

/** Recorded by `scripts/recordings/layer-losses.py`. */
const file = fileURLToPath(new URL('./data/layer-losses.json', import.meta.url));
const { cases } = JSON.parse(readFileSync(file, 'utf8')) as { cases: KerasCase[] };

const [l1, l2] = [tf.regularizers.l1({ l1: 0.03 }), tf.regularizers.l2({ l2: 0.05 })];
const both = tf.regularizers.l1l2({ l1: 0.02, l2: 0.04 });

/** Adds a scalar, and a vector that is summed up. */
class AddsLoss extends tf.layers.Layer {
  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const [x] = [inputs].flat() as [tf.Tensor2D];
    return tf.tidy(() => {
      this.addLoss([
        () => tf.mul(0.1, tf.mean(tf.square(x))) as tf.Scalar,
        () => tf.mul(0.01, tf.slice(x, [0, 0], [-1, 1])) as unknown as tf.Scalar,
      ]);
      return tf.add(x, 1);
    });
  }
  static readonly className = 'AddsLoss';
}

type Layer = ReturnType<typeof tf.layers.dense>;
type Options = Parameters<typeof tf.layers.dense>[0];

const dense = (options: Partial<Options> = {}) =>
  tf.layers.dense({ units: 2, activation: 'tanh', ...options });
const regularized = (regularizer: ActivityRegularizerOption, layer: Layer = dense()) => {
  regularizeActivity(layer, regularizer);
  return layer;
};
const last = () => tf.layers.dense({ units: 1 });
/** The first layer of a tfjs model needs a shape; this one changes nothing. */
const input = (...shape: number[]) => tf.layers.inputLayer({ inputShape: shape });
const plain = (layer: Layer) => tf.sequential({ layers: [input(2), layer, last()] });
const shared = (layer: Layer) => {
  const x = tf.input({ shape: [2] });
  const hidden = layer.apply(layer.apply(x)) as tf.SymbolicTensor;
  return tf.model({ inputs: x, outputs: last().apply(hidden) as tf.SymbolicTensor });
};
const nested = (layer: Layer) =>
  tf.sequential({ layers: [input(2), dense(), tf.sequential({ layers: [input(2), layer] }), last()] });
const frozen = (layer: Layer) => {
  const model = plain(layer);
  layer.trainable = false;
  return model;
};
const steps = (layer: Layer) => tf.sequential({ layers: [input(3, 2), layer, last()] });
const recurrent = (options = {}) => tf.layers.simpleRNN({ units: 2, ...options }) as unknown as Layer;
const adding = () => new AddsLoss({}) as unknown as Layer;

const builders: Readonly<Record<string, () => tf.LayersModel>> = {
  'an activity, L1': () => plain(regularized(l1)),
  'an activity, L2': () => plain(regularized(l2)),
  'an activity, L1L2': () => plain(regularized(both)),
  'an activity of a shared layer': () => shared(regularized(l2)),
  'an activity of a nested layer': () => nested(regularized(l2)),
  'an activity of a frozen layer': () => frozen(regularized(l2)),
  'an activity of a recurrent layer': () => steps(regularized(l2, recurrent())),
  'a kernel': () => plain(dense({ kernelRegularizer: both, biasRegularizer: l2 })),
  'a kernel of a shared layer': () => shared(dense({ kernelRegularizer: l2 })),
  'a kernel of a nested layer': () => nested(dense({ kernelRegularizer: l2 })),
  'a kernel of a frozen layer': () => frozen(dense({ kernelRegularizer: l2 })),
  'kernels of a recurrent layer': () =>
    steps(recurrent({ kernelRegularizer: l2, recurrentRegularizer: both })),
  'a kernel per time step': () =>
    tf.sequential({
      layers: [
        input(3, 2),
        tf.layers.timeDistributed({ layer: dense({ kernelRegularizer: l2 }) }),
        tf.layers.flatten(),
        last(),
      ],
    }),
  add_loss: () => plain(adding()),
  'add_loss of a shared layer': () => shared(adding()),
  'add_loss of a nested layer': () => nested(adding()),
  'add_loss of a frozen layer': () => frozen(adding()),
};

beforeAll(() => useBackend(cpuBackend()));

describe('losses of layers count as in Keras, in training, validation and evaluation', () => {
  test.each(cases.map((each) => [each.name, each] as const))('%s', async (name, recorded) => {
    const model = build(name);
    const { history } = await fit(model, ...rows(model, 8, 0), {
      ...createOptions(model),
      epochs: 2,
    });
    expectNear(history['loss'] ?? [], recorded.loss);
    expectNear(history['val_loss'] ?? [], recorded.val_loss);
    const { loss = NaN } = await evaluate(model, ...rows(model, 5, 100), { batchSize: 2, verbose: 0 });
    expectNear([loss], [recorded.evaluated]);
    expectNear(weightsOf(model), recorded.weights);
  });
});

test('tests each recorded case', () => {
  expect(Object.keys(builders)).toEqual(cases.map(({ name }) => name));
});

test.each(['an activity of a shared layer', 'add_loss of a nested layer'])(
  'a crash and a resume end as if nothing had happened: %s',
  async (name) => {
    const whole = build(name);
    const expected = await fit(whole, ...rows(whole, 8, 0), { ...createOptions(whole), epochs: 2 });
    for (const call of [2, 5]) {
      const store = memoryStore();
      const backup = () => new BackupAndRestore(store, { saveFreq: 1 });
      const run = (model: tf.LayersModel, callbacks: FitOptions['callbacks']) =>
        fit(model, ...rows(model, 8, 0), {
          ...createOptions(model),
          epochs: 2,
          ...(callbacks && { callbacks }),
        });
      await caught(run(build(name), [backup(), throwAt({ hook: 'onTrainBatchEnd', call })]));
      const model = build(name);
      await run(model, backup());
      expect(weightsOf(model)).toEqual(weightsOf(whole));
    }
    expect(expected.epoch).toEqual([0, 1]);
  },
);

test('the field of tfjs, set after the model is built, counts as well, and tfjs alone still predicts without it', async () => {
  const [model, other] = [build('an activity, L2'), build('an activity, L1')];
  const layer = other.layers[1]!;
  regularizeActivity(layer, undefined);
  layer.activityRegularizer = l2 as never;
  const data = rows(model, 8, 0);
  const expected = await evaluate(model, ...data, { verbose: 0 });
  expect(await evaluate(other, ...data, { verbose: 0 })).toEqual(expected);
  expect(layer.activityRegularizer).toBe(l2);
  const predicted = tf.tidy(() => model.predict(tf.ones([2, 2])) as tf.Tensor);
  expect(predicted.shape).toEqual([2, 1]);
  predicted.dispose();
});

test('an activity regularizer may be a function, and belongs to the fingerprint', async () => {
  const store = memoryStore();
  const run = (regularizer: ActivityRegularizerOption) => {
    const model = compile(plain(regularized(regularizer)));
    const callbacks = [
      new BackupAndRestore(store, { saveFreq: 1 }),
      throwAt({ hook: 'onTrainBatchEnd', call: 2 }),
    ];
    return caught(fit(model, ...rows(model, 8, 0), { ...createOptions(model), callbacks }));
  };
  await run((output) => tf.mul(0.05, tf.sum(tf.square(output))));
  const error = await run((output) => tf.mul(0.06, tf.sum(tf.square(output))));
  expect(error.message).toMatch(/KEEPFIT_CHECKPOINT_MISMATCH[^]*activityRegularizers/);
  const model = compile(plain(regularized((output) => tf.mul(0.05, tf.sum(tf.square(output))))));
  const [{ loss = NaN }, { loss: same = NaN }] = [
    await evaluate(model, ...rows(model, 8, 0), { verbose: 0 }),
    await evaluate(build('an activity, L2'), ...rows(model, 8, 0), { verbose: 0 }),
  ];
  expect(loss).toBeCloseTo(same, 6);
});

test('what is no regularizer is refused', async () => {
  for (const wrong of ['l2', 3, {}, null]) {
    const error = await caught(Promise.resolve().then(() => regularizeActivity(dense(), wrong as never)));
    expect(error.message).toMatch(/KEEPFIT_INVALID_OPTION: the activity regularizer of layer "dense/);
  }
});

test('losses of earlier calls, such as those of model.predict, do not count', async () => {
  const [model, used] = [build('add_loss'), build('add_loss')];
  tf.tidy(() => void used.predict(tf.ones([2, 2])));
  const data = rows(model, 8, 0);
  const expected = await evaluate(model, ...data, { verbose: 0 });
  expect(await evaluate(used, ...data, { verbose: 0 })).toEqual(expected);
  tf.tidy(() => void used.predict(tf.ones([2, 2])));
  expect(await evaluate(used, ...data, { verbose: 0 })).toEqual(expected);
});

test('losses of layers leave no tensor', async () => {
  for (const name of ['an activity of a nested layer', 'add_loss of a shared layer']) {
    const model = build(name);
    const data = rows(model, 8, 0);
    await fit(model, ...data, createOptions(model));
    const before = tf.memory().numTensors;
    await fit(model, ...data, createOptions(model));
    await evaluate(model, ...data, { verbose: 0 });
    await trainOnBatch(model, ...data);
    tf.dispose(await predict(model, data[0], { verbose: 0 }));
    expect(tf.memory().numTensors).toBe(before);
  }
});

function build(name: string): tf.LayersModel {
  return compile(builders[name]!());
}

function compile(model: tf.LayersModel): tf.LayersModel {
  inOrder(model).forEach((weight, index) => {
    const shape = weight.shape as number[];
    const length = tf.util.sizeFromShape(shape);
    const values = Array.from({ length }, (_, i) => 0.4 * Math.sin(index + 2 * i + 1));
    tf.tidy(() => void weight.write(tf.tensor(values, shape)));
  });
  model.compile({ optimizer: tf.train.sgd(0.1), loss: 'meanSquaredError' });
  return model;
}

interface Rows {
  readonly data: Float32Array;
  readonly shape: number[];
}

function rows(model: tf.LayersModel, count: number, shift: number): [x: Rows, y: Rows] {
  const shape = [count, ...(model.inputs[0]!.shape.slice(1) as number[])];
  const size = tf.util.sizeFromShape(shape);
  return [
    { data: Float32Array.from({ length: size }, (_, i) => Math.sin(1 + i + shift)), shape },
    { data: Float32Array.from({ length: count }, (_, i) => Math.cos(i + shift)), shape: [count, 1] },
  ];
}

function createOptions(model: tf.LayersModel): FitOptions {
  return { batchSize: 3, shuffle: false, verbose: 0, validationData: rows(model, 5, 100) };
}

/** Layer by layer, as in Keras: `model.weights` of tfjs lists frozen ones last. */
function inOrder(model: tf.LayersModel) {
  return model.layers.flatMap(({ weights }) => weights);
}

function weightsOf(model: tf.LayersModel): number[] {
  return inOrder(model).flatMap((weight) => [...weight.read().dataSync()]);
}

function expectNear(values: readonly number[], expected: readonly number[]): void {
  expect(values).toHaveLength(expected.length);
  values.forEach((value, index) => expect(value).toBeCloseTo(expected[index]!, 5));
}
