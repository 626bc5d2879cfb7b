// Gives tensors the chained operators that initializers of recurrent layers use.
import '@tensorflow/tfjs';
import { cpuBackend } from '@keepfit/backend-cpu';
import { type Model, type ModelRecording, Trainer, useBackend } from '@keepfit/fit';
import { fromLayers, joinModels, regularizeActivity } from '@keepfit/layers';
import * as tf from '@tensorflow/tfjs-core';
import {
  input,
  layers,
  type LayersModel,
  model as functional,
  models,
  regularizers,
  type Sequential,
  sequential,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';
import { beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { findRefusal } from '../src/recording/find-refusal.js';
import { listClasses } from './helpers/list-classes.js';
import { layersZoo } from './equivalence/layers-zoo.js';
import { BATCH_SIZE } from './equivalence/zoo-member.js';

type Layer = LayersModel['layers'][number];

beforeAll(() => useBackend(cpuBackend()));

test('leaves the names of layers, the classes and the tensors as they are', () => {
  const model = fromLayers(stack(dense()));
  const count = () => Number(/\d+$/.exec(layers.reshape({ targetShape: [1] }).name)?.[0]);
  const first = count();
  const registered = listClasses();
  const { numTensors } = tf.memory();
  describe(model);
  expect(count()).toBe(first + 1);
  expect(listClasses()).toEqual(registered);
  expect(tf.memory().numTensors).toBe(numTensors);
});

test.each(Object.entries(layersZoo))('%s: three steps are no change', async (_, member) => {
  const model = member.build(1);
  const trainer = new Trainer(model, { optimizer: 'sgd', loss: member.loss });
  const samples = 3 * BATCH_SIZE;
  const recording = describe(model);
  await trainer.fit(member.inputs(samples, 0), member.targets(samples, 0), {
    batchSize: BATCH_SIZE,
    epochs: 1,
    verbose: 0,
  });
  expect([recording.refusal, recording.findChange()]).toEqual([undefined, undefined]);
});

/** Kinds of layers that no model above has, each with the shape of its inputs. */
const rare: Readonly<Record<string, readonly [(shape: number[]) => LayersModel, number[]]>> = {
  convLstm2d: [
    (inputShape) =>
      stack(layers.convLstm2d({ filters: 1, kernelSize: 2, dropout: 0.1, inputShape } as never)),
    [2, 3, 3, 1],
  ],
  'stacked cells': [
    (inputShape) =>
      stack(layers.rnn({ cell: [0, 1].map(() => layers.lstmCell({ units: 2 })), inputShape } as never)),
    [2, 2],
  ],
  'states given as inputs': [
    ([time = 2, units = 2]) => {
      const x = input({ shape: [time, units] });
      const state = layers.globalAveragePooling1d({}).apply(x) as SymbolicTensor;
      const outputs = layers.gru({ units }).apply([x, state]) as SymbolicTensor;
      return functional({ inputs: x, outputs });
    },
    [2, 2],
  ],
  images: [
    (inputShape) =>
      stack(
        layers.rescaling({ scale: 0.5, inputShape } as never),
        layers.zeroPadding2d({
          padding: [
            [1, 0],
            [0, 1],
          ],
        }),
        layers.cropping2D({
          cropping: [
            [1, 0],
            [0, 1],
          ],
        }),
        layers.upSampling2d({ size: [2, 2] }),
        layers.conv2d({ filters: 2, kernelSize: 1 }),
        layers.permute({ dims: [2, 1, 3] }),
        layers.thresholdedReLU({ theta: 0.1 }),
      ),
    [2, 2, 1],
  ],
  text: [
    (inputShape) =>
      stack(
        layers.reshape({ targetShape: [2, 2], inputShape }),
        layers.spatialDropout1d({ rate: 0.1 } as never),
        layers.softmax({ axis: -1 }),
        layers.layerNormalization(),
      ),
    [4],
  ],
};

test.each(Object.entries(rare))('%s: three steps are no change', async (_, [build, shape]) => {
  // tfjs warns of every model with states as inputs.
  onTestFinished(() => void vi.restoreAllMocks());
  vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  const model = build(shape);
  const keepfitModel = fromLayers(model);
  const recording = describe(keepfitModel);
  const outputs = (model.outputs[0] as SymbolicTensor).shape.slice(1) as number[];
  const trainer = new Trainer(keepfitModel, { optimizer: 'sgd', loss: 'meanSquaredError' });
  await trainer.fit(tf.ones([3, ...shape]), tf.ones([3, ...outputs]), {
    batchSize: 1,
    epochs: 1,
    verbose: 0,
  });
  expect([recording.refusal, recording.findChange()]).toEqual([undefined, undefined]);
});

class Mine extends layers.Layer {
  static readonly className: string = 'Mine';
  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor | tf.Tensor[] {
    return inputs;
  }
}
class Dense extends Mine {
  static override readonly className = 'Dense';
}
class Relu extends tf.serialization.Serializable {
  static readonly className = 'relu';
  apply(x: tf.Tensor): tf.Tensor {
    return tf.relu(x);
  }
  getConfig(): tf.serialization.ConfigDict {
    return {};
  }
}

const refused: Readonly<Record<string, readonly [() => object, string]>> = {
  'a layer of your own': [
    () => new Mine({ name: 'x', inputShape: [2] }),
    'the layer "x" (class Mine) is not one of tfjs-layers',
  ],
  'a layer of your own with the name of a stock one': [
    () => new Dense({ name: 'x', inputShape: [2] }),
    'the layer "x" (class Dense) is not one of tfjs-layers',
  ],
  'a layer of your own in a wrapper': [
    () => layers.timeDistributed({ layer: new Mine({ name: 'x' }), inputShape: [2, 2] }),
    'the layer "x" (class Mine) is not one of tfjs-layers',
  ],
  'a call that is replaced': [
    () => Object.assign(dense(), { call: (x: tf.Tensor) => x }),
    'the layer "x" has a function of its own, call',
  ],
  'a getter in place of a number': [
    () => Object.defineProperty(layers.dropout({ rate: 0.5, inputShape: [2] }), 'rate', { get: () => 0.1 }),
    'has a function of its own, rate',
  ],
  'a call that is replaced out of sight': [
    () => Object.defineProperty(dense(), 'call', { value: (x: tf.Tensor) => x }),
    'the layer "x" has a function of its own, call',
  ],
  'a call hook': [() => doTo(dense(), (layer) => layer.setCallHook(() => {})), 'has a call hook'],
  'a loss of addLoss': [
    () => doTo(dense({ kernelRegularizer: 'l1l2' }), (layer) => layer.addLoss(() => tf.scalar(1))),
    'the layer "x" was given a loss with addLoss',
  ],
  'a regularizer of your own': [
    () => doTo(dense(), (layer) => Object.assign(layer, { kernelRegularizer: new Relu() })),
    'has a regularizer in kernelRegularizer that is not one of tfjs-layers',
  ],
  'a regularizer with an apply of its own': [
    () =>
      dense({ kernelRegularizer: Object.assign(regularizers.l2(), { apply: (x: tf.Tensor) => tf.sum(x) }) }),
    'has a regularizer in kernelRegularizer that is not one of tfjs-layers',
  ],
  'an activity regularizer of your own': [
    () => doTo(dense(), (layer) => regularizeActivity(layer, (output) => tf.sum(output))),
    'has an activity regularizer that is not one of tfjs-layers',
  ],
  'an activation of your own': [
    () => Object.assign(dense(), { activation: new Relu() }),
    'has an activation in activation that is not one of tfjs-layers',
  ],
  'a dropout function of your own': [
    () =>
      layers.lstm({ units: 2, dropout: 0.5, dropoutFunc: (x: tf.Tensor) => x, inputShape: [2, 2] } as never),
    'has a function of its own, dropoutFunc',
  ],
  'a layer that reads its input': [
    () => layers.categoryEncoding({ numTokens: 4, inputShape: [2], name: 'x' } as never),
    'the layer "x" checks the values of its input in each step',
  ],
  'a layer that draws its size': [
    () => layers.randomWidth({ factor: 0.5, inputShape: [4, 4, 1], seed: 1, name: 'x' } as never),
    'the layer "x" draws the size of its output in each step',
  ],
  'a cell that is no layer': [
    () => {
      const cell = Object.create(layers.simpleRNNCell({ units: 2 })) as object;
      return layers.rnn({ cell: Object.assign(cell, { apply: undefined }) as never, inputShape: [2, 2] });
    },
    'has a cell in cell that is not one of tfjs-layers',
  ],
  'a cell that keeps its mask': [
    () =>
      layers.rnn({
        cell: layers.lstmCell({ units: 2, dropout: 0.5, name: 'c' }),
        inputShape: [2, 2],
        name: 'x',
      }),
    'the cell "c" of the layer "x" keeps its dropout mask from step to step',
  ],
  'a stacked cell that keeps its mask': [
    () =>
      layers.rnn({
        cell: [layers.gruCell({ units: 2 }), layers.lstmCell({ units: 2, recurrentDropout: 0.5, name: 'c' })],
        inputShape: [2, 2],
      } as never),
    'the cell "c"',
  ],
};

test.each(Object.entries(refused))('refuses %s', (_, [build, refusal]) => {
  expect(describe(wrap(build() as Layer)).refusal).toContain(refusal);
});

test('refuses a class that took the name of one of tfjs-layers, and records the true one', () => {
  const { classNameMap } = tf.serialization.SerializationMap.getMap();
  const { Dense: layer, relu: activation } = classNameMap;
  const before = dense({ activation: 'relu' });
  try {
    tf.serialization.registerClass(Dense);
    tf.serialization.registerClass(Relu);
    expect(describe(stack(before)).refusal).toBeUndefined();
    expect(describe(stack(dense({ activation: 'relu' }))).refusal).toContain('an activation in activation');
  } finally {
    Object.assign(classNameMap, { Dense: layer, relu: activation });
  }
});

test('refuses a layer of another copy of tfjs-layers', () => {
  const { call, apply, getClassName } = dense();
  const foreign = { name: 'x', call, apply, getClassName };
  expect(findRefusal([foreign as never])).toBe('the layer "x" is of another copy of tfjs-layers');
});

test('calls no loss and no regularizer of yours', () => {
  let calls = 0;
  const count = (): tf.Scalar => tf.scalar(++calls);
  const kernelRegularizer = Object.assign(regularizers.l2(), { apply: count });
  const model = fromLayers(
    stack(
      dense({ kernelRegularizer }),
      doTo(layers.reLU(), (layer) => layer.addLoss(count)),
    ),
  );
  const { numTensors } = tf.memory();
  expect(describe(model).refusal).toContain('a regularizer in kernelRegularizer');
  expect(calls).toBe(0);
  expect(tf.memory().numTensors).toBe(numTensors);
});

test('records a model of the class Functional, which tfjs makes from a file of Keras', async () => {
  const x = input({ shape: [2] });
  const json = functional({ inputs: x, outputs: dense().apply(x) as SymbolicTensor }).toJSON();
  const model = await models.modelFromJSON(JSON.parse((json as string).replace('"Model"', '"Functional"')));
  expect(model.getClassName()).toBe('Functional');
  expect(describe(model).refusal).toBeUndefined();
});

test('lists noise with the numbers that the layers give to tfjs', () => {
  const model = stack(
    layers.gaussianNoise({ stddev: 0.3, inputShape: [2] }),
    layers.gaussianDropout({ rate: 0.2 }),
    layers.gaussianDropout({ rate: 0 }),
    layers.dropout({ rate: 0.5 }),
  );
  expect(describe(model).noise).toEqual([
    { mean: 0, stdDev: 0.3 },
    { mean: 1, stdDev: Math.sqrt(0.2 / (1 - 0.2)) },
  ]);
});

/** A model, what is done to it, and the change that is found. */
const changes: Readonly<
  Record<string, readonly [() => Layer[], (layers: Layer[], model: Sequential) => void, string]>
> = {
  'the rate of dropout': [
    () => [layers.dropout({ rate: 0.5, name: 'x', inputShape: [2] })],
    ([layer]) => set(layer, { rate: 0.25 }),
    'the rate of the layer "x"',
  ],
  'the strength of noise': [
    () => [layers.gaussianNoise({ stddev: 0.5, name: 'x', inputShape: [2] })],
    ([layer]) => set(layer, { stddev: 0.25 }),
    'the stddev of the layer "x"',
  ],
  'a layer that is frozen': [
    () => [dense()],
    ([layer]) => set(layer, { trainable: false }),
    'the trainable flag of the layer "x"',
  ],
  'normalization that is frozen': [
    () => [dense(), layers.batchNormalization({ name: 'norm' })],
    ([, layer]) => set(layer, { trainable: false }),
    'the trainable flag of the layer "norm"',
  ],
  'normalization that is frozen by its weights': [
    () => [dense(), layers.batchNormalization({ name: 'norm' })],
    ([, layer]) => layer!.trainableWeights.forEach((weight) => set(weight, { trainable: false })),
    'the trainable flag of a weight of the layer "norm"',
  ],
  'a model in the model that is frozen': [
    () => [sequential({ name: 'inner', layers: [dense()] }), layers.batchNormalization()],
    ([layer]) => set(layer, { trainable: false }),
    'the trainable',
  ],
  'a regularizer that is replaced': [
    () => [dense({ kernelRegularizer: regularizers.l2({ l2: 0.1 }) })],
    ([layer]) => set(layer, { kernelRegularizer: regularizers.l2({ l2: 0.1 }) }),
    'the kernelRegularizer of the layer "x"',
  ],
  'the number of a regularizer': [
    () => [dense({ kernelRegularizer: regularizers.l2({ l2: 0.1 }) })],
    ([layer]) => set(fieldOf(layer, 'kernelRegularizer'), { l2: 0.2 }),
    'regularizer.l2 of the layer "x"',
  ],
  'the number of a regularizer in a cell': [
    () => [layers.gru({ units: 2, kernelRegularizer: regularizers.l2({ l2: 0.1 }), inputShape: [2, 2] })],
    ([layer]) => set(fieldOf(fieldOf(layer, 'cell'), 'kernelRegularizer'), { l2: 0.2 }),
    'regularizer.l2 of the layer',
  ],
  'an activation that is replaced': [
    () => [dense({ activation: 'relu' })],
    ([layer]) => set(layer, { activation: fieldOf(dense({ activation: 'tanh' }), 'activation') }),
    'the activation of the layer "x"',
  ],
  'the method of an activation': [
    () => [dense({ activation: 'relu' })],
    ([layer]) => set(fieldOf(layer, 'activation'), { apply: (x: tf.Tensor) => x }),
    'the activation.apply of the layer "x"',
  ],
  'the slope of a leaky relu': [
    () => [layers.leakyReLU({ alpha: 0.1, name: 'x', inputShape: [2] })],
    ([layer]) => set(layer, { alpha: 0.2 }),
    'the alpha of the layer "x"',
  ],
  'the momentum of normalization': [
    () => [layers.batchNormalization({ name: 'x', inputShape: [2] })],
    ([layer]) => set(layer, { momentum: 0.5 }),
    'the momentum of the layer "x"',
  ],
  'the epsilon of normalization': [
    () => [layers.batchNormalization({ name: 'x', inputShape: [2] })],
    ([layer]) => set(layer, { epsilon: 0.5 }),
    'the epsilon of the layer "x"',
  ],
  padding: [
    () => [
      layers.zeroPadding2d({
        padding: [
          [1, 1],
          [0, 1],
        ],
        name: 'x',
        inputShape: [2, 2, 1],
      }),
    ],
    ([layer]) => (fieldOf(layer, 'padding') as unknown as number[][])[1]!.fill(0),
    'the padding of the layer "x"',
  ],
  'a layer that becomes stateful': [
    () => [layers.lstm({ units: 2, name: 'x', batchInputShape: [2, 2, 2] })],
    ([layer]) => set(layer, { _stateful: true }),
    'the stateful of the layer "x"',
  ],
  'the dropout of a cell': [
    () => [
      layers.bidirectional({ layer: layers.lstm({ units: 2, dropout: 0.1 }) as never, inputShape: [2, 2] }),
    ],
    ([layer]) => set(fieldOf(fieldOf(layer, 'backwardLayer'), 'cell'), { dropout: 0.2 }),
    'the dropout of the layer',
  ],
  addLoss: [() => [dense()], ([layer]) => layer!.addLoss(() => tf.scalar(1)), 'the losses of the layer "x"'],
  regularizeActivity: [
    () => [dense()],
    ([layer]) => regularizeActivity(layer!, regularizers.l2()),
    'the activity regularizer of the layer "x"',
  ],
  'the number of an activity regularizer': [
    () => [doTo(dense(), (layer) => regularizeActivity(layer, regularizers.l2({ l2: 0.1 })))],
    ([layer]) => regularizeActivity(layer!, regularizers.l2({ l2: 0.2 })),
    'the activity regularizer of the layer "x"',
  ],
  'a call that is replaced': [
    () => [dense()],
    ([layer]) => set(layer, { call: (x: tf.Tensor) => x }),
    'the call of the layer "x"',
  ],
  'the call of a model that is replaced': [
    () => [dense()],
    (_, model) => set(model, { call: (x: tf.Tensor) => x }),
    'the call of the model',
  ],
  'a method that is replaced': [
    () => [layers.lstm({ units: 2, name: 'x', inputShape: [2, 2] })],
    ([layer]) => set(layer, { getInitialState: () => [] }),
    'the getInitialState of the layer "x"',
  ],
  'the read method of a weight': [
    () => [dense()],
    ([layer]) => set(layer!.weights[0], { read: () => tf.scalar(1) }),
    'the read method of a weight of the layer "x"',
  ],
  'a call that is replaced out of sight': [
    () => [dense()],
    ([layer]) => Object.defineProperty(layer, 'call', { value: (x: tf.Tensor) => x }),
    'the call of the layer "x"',
  ],
  'a call hook': [
    () => [dense()],
    ([layer]) => layer!.setCallHook(() => {}),
    'the callHook of the layer "x"',
  ],
  'a layer that is added': [
    () => [dense()],
    (_, model) => model.add(layers.dense({ units: 1 })),
    'of the model',
  ],
};

test.each(Object.entries(changes))('finds a change: %s', (_, [build, change, expected]) => {
  const list = build();
  const model = stack(...list);
  const recording = describe(model);
  expect([recording.refusal, recording.findChange()]).toEqual([undefined, undefined]);
  change(list, model);
  expect(recording.findChange()).toContain(expected);
});

test("does not take for a change what keepfit itself does in a step, nor tfjs' compile and evaluate", async () => {
  const norm = layers.batchNormalization({ trainable: false, scale: false });
  const hidden = doTo(dense(), (layer) => regularizeActivity(layer, regularizers.l2()));
  const model = stack(hidden, norm, layers.dense({ units: 1 }));
  const keepfitModel = fromLayers(model);
  const recording = describe(keepfitModel);
  const trainer = new Trainer(keepfitModel, { optimizer: 'sgd', loss: 'meanSquaredError' });
  await trainer.fit(tf.ones([4, 2]), tf.ones([4, 1]), { batchSize: 2, epochs: 1, verbose: 0 });
  model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
  tf.dispose(model.evaluate(tf.ones([4, 2]), tf.ones([4, 1])));
  tf.dispose(model.predict(tf.ones([4, 2])));
  expect([recording.refusal, recording.findChange()]).toEqual([undefined, undefined]);
});

test('describes the parts of a joined model', () => {
  const noise = layers.gaussianNoise({ stddev: 0.5, inputShape: [2], name: 'noise' });
  const joined = joinModels({ a: stack(dense()), b: stack(noise) });
  const recording = describe(joined);
  expect(recording.refusal).toBeUndefined();
  expect(recording.noise).toEqual([{ mean: 0, stdDev: 0.5 }]);
  expect(recording.findChange()).toBeUndefined();
  set(noise, { stddev: 0.25 });
  expect(recording.findChange()).toBe('the stddev of the layer "noise" of the part b');
  const own: Model = { weights: [], call: (inputs) => inputs };
  expect(describe(joinModels({ a: stack(dense()), own })).refusal).toBe(
    'the part own is a model of your own',
  );
});

function dense(args: object = {}): Layer {
  return layers.dense({ units: 2, inputShape: [2], name: 'x', ...args });
}

function stack(...list: Layer[]): Sequential {
  return sequential({ layers: list });
}

/** For a layer whose output has an unknown size, which tf.sequential refuses. */
function wrap(layer: Layer): LayersModel {
  const x = input({ batchShape: layer.batchInputShape as number[] });
  return functional({ inputs: x, outputs: layer.apply(x) as SymbolicTensor });
}

function describe(model: Model | LayersModel): ModelRecording {
  const recording = ('layers' in model ? fromLayers(model) : model).describeRecording?.();
  if (recording === undefined) throw new Error('the model does not describe its recording');
  return recording;
}

function doTo<T>(object: T, change: (object: T) => void): T {
  change(object);
  return object;
}

function set(object: object | undefined, fields: object): void {
  Object.assign(object as object, fields);
}

function fieldOf(object: object | undefined, key: string): object {
  return (object as Record<string, object>)[key] as object;
}
