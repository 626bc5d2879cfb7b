import { wasmBackend } from '@keepfit/backend-wasm';
import { type FitOptions, seeded, useBackend } from '@keepfit/fit';
import { fit } from '@keepfit/layers';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';

const { layers } = tf;
type Layer = tf.layers.Layer;

/** Layers of 2D convolutions; the first gets images of 7 × 6 pixels and 2 channels. */
const MODELS: Readonly<Record<string, () => Layer[]>> = {
  'relu, and a second layer whose input has a gradient': () => [
    convolution({ activation: 'relu' }),
    layers.conv2d({ filters: 4, kernelSize: 2, activation: 'relu', biasInitializer: 'glorotNormal' }),
  ],
  'relu without a bias': () => [convolution({ activation: 'relu', useBias: false })],
  'squares of 2 × 2': () => [
    convolution({ activation: 'relu', filters: 8, padding: 'same' }),
    layers.conv2d({ filters: 8, kernelSize: 3, activation: 'relu', padding: 'same' }),
  ],
  'no activation': () => [convolution({}), layers.activation({ activation: 'relu' })],
  elu: () => [convolution({ activation: 'elu', strides: 2 })],
  tanh: () => [convolution({ activation: 'tanh' })],
  'relu, dilated': () => [convolution({ activation: 'relu', dilationRate: 2, kernelSize: 2 })],
  'a layer in a wrapper': () => [
    layers.reshape({ targetShape: [1, 7, 6, 2], inputShape: [7, 6, 2] }),
    layers.timeDistributed({ layer: layers.conv2d({ filters: 3, kernelSize: 3, activation: 'relu' }) }),
  ],
};

function convolution(options: Partial<Parameters<typeof layers.conv2d>[0]>): Layer {
  return layers.conv2d({ filters: 3, kernelSize: 3, inputShape: [7, 6, 2], ...options });
}

beforeAll(() => useBackend(wasmBackend()));

test.each(Object.entries(MODELS))('%s: one kernel each, with the bits of separate ops', async (_, build) => {
  const fused = await train(build);
  const convolutions = fused.model.layers.filter(({ name }) => /conv2d|time/.test(name)).length;
  // Two steps.
  expect(fused.counts['KeepfitConv2D']).toBe(2 * convolutions);
  expect(fused.counts['Conv2D'] ?? 0).toBe(0);
  const parts = await withoutKernel('KeepfitConv2D', () => train(build));
  expect(parts.counts['KeepfitConv2D'] ?? 0).toBe(0);
  expect(fused.weights).toEqual(parts.weights);
  expect(fused.loss).toEqual(parts.loss);
  expect(fused.weights.join()).not.toContain('NaN');
});

test('the gradient of the images is not computed', async () => {
  const { counts } = await train(() => [convolution({})]);
  expect(counts['KeepfitConv2DFilterAndBiasGradients']).toBe(2);
  expect(counts['Conv2DBackpropInput'] ?? 0).toBe(0);
});

test('a filter or a bias is trained alone, with the bits of both, and no tensor is left', () => {
  const [x, filter, bias] = [variable([4, 7, 6, 2], 1), variable([3, 3, 2, 8], 2), variable([8], 3)];
  const attrs = { strides: 1, pad: 'valid', dilations: 1, relu: false, hasBias: true };
  const convolve = (): tf.Scalar =>
    tf.sum(tf.square(tf.engine().runKernel('KeepfitConv2D', { x, filter, bias }, attrs) as tf.Tensor));
  const gradients = (...trained: tf.Variable[]): string[] =>
    tf.tidy(() =>
      Object.values(tf.variableGrads(convolve, trained).grads).map((grad) => grad.dataSync().join()),
    );
  const { numTensors } = tf.memory();
  const [ofFilter, ofBias] = gradients(filter, bias);
  expect(gradients(filter)).toEqual([ofFilter]);
  expect(gradients(bias)).toEqual([ofBias]);
  expect(gradients(filter, bias)).toEqual([ofFilter, ofBias]);
  expect(tf.memory().numTensors).toBe(numTensors);
});

test('a gradient of a gradient has the values of separate ops', () => {
  const [x, filter, bias] = [variable([2, 7, 6, 2], 1), variable([3, 3, 2, 4], 2), variable([4], 3)];
  const attrs = { strides: 1, pad: 'valid', dilations: 1, relu: false, hasBias: true };
  /** A penalty on the gradient of the images, as that of a discriminator. */
  const penalty = (convolve: (images: tf.Tensor) => tf.Tensor) => (): tf.Scalar => {
    const ofImages = tf.grad((images: tf.Tensor) => tf.sum(tf.square(convolve(images))));
    return tf.sum(tf.square(ofImages(x)));
  };
  const gradients = (convolve: (images: tf.Tensor) => tf.Tensor): Record<string, number[]> =>
    tf.tidy(() => {
      const { grads } = tf.variableGrads(penalty(convolve), [filter, bias]);
      return Object.fromEntries(Object.entries(grads).map(([name, grad]) => [name, [...grad.dataSync()]]));
    });
  const { numTensors } = tf.memory();
  const fused = gradients((images) =>
    tf.engine().runKernel('KeepfitConv2D', { x: images, filter, bias }, attrs),
  );
  const separate = gradients((images) =>
    tf.add(tf.conv2d(images as tf.Tensor4D, filter as unknown as tf.Tensor4D, 1, 'valid'), bias),
  );
  expect(fused).toEqual(separate);
  expect(fused[bias.name]?.some((value) => value !== 0)).toBe(true);
  expect(tf.memory().numTensors).toBe(numTensors);
});

test('a gradient that throws after those of filter and bias leaves no more than that of separate ops', async () => {
  const [x, filter, bias] = [variable([4, 7, 6, 2], 1), variable([3, 3, 2, 8], 2), variable([8], 3)];
  const attrs = { strides: 1, pad: 'valid', dilations: 1, relu: false, hasBias: true };
  const failing = tf.customGrad((images) => ({
    value: tf.mul(images as tf.Tensor, 1),
    gradFunc: () => {
      throw new Error('no gradient');
    },
  }));
  const convolve = (): tf.Scalar =>
    tf.sum(tf.engine().runKernel('KeepfitConv2D', { x: failing(x), filter, bias }, attrs) as tf.Tensor);
  const { activeScope } = tf.engine().state;
  const countLeft = (): number => {
    const { numTensors } = tf.memory();
    expect(() => tf.tidy(() => tf.variableGrads(convolve, [x, filter, bias]))).toThrow('no gradient');
    expect(tf.engine().state.activeScope).toBe(activeScope);
    return tf.memory().numTensors - numTensors;
  };
  const together = countLeft();
  const separate = await withoutKernel('KeepfitConv2DFilterAndBiasGradients', async () => countLeft());
  expect(together).toBeLessThanOrEqual(separate);
});

test('recorded steps of a layer whose bias is frozen give the bits of normal ones', async () => {
  const layer = (): Layer[] => [convolution({ activation: 'relu', filters: 8 })];
  const freezeBias = ([{ weights }]: [Layer, ...Layer[]]): void =>
    void Object.assign(weights[1] as object, { trainable: false });
  const normal = await train(layer, { replay: false, epochs: 4 }, freezeBias);
  const recorded = await train(layer, { replay: true, epochs: 4 }, freezeBias);
  expect(recorded.weights).toEqual(normal.weights);
  expect(recorded.loss).toEqual(normal.loss);
  // The comparison of the first replay computes the step twice.
  expect(recorded.counts['KeepfitConv2DFilterAndBiasGradients']).toBeGreaterThan(8);
  const [, bias] = recorded.model.layers[0]?.getWeights() ?? [];
  expect(bias?.shape).toEqual([8]);
  expect(new Set(bias?.dataSync())).toEqual(new Set([0]));
});

test('a subclass and a layer with a call of its own compute as they say', async () => {
  const own = convolution({});
  const call = own.call.bind(own);
  own.call = (inputs, context) => tf.mul(call(inputs, context) as tf.Tensor, 2);
  expect((await train(() => [own])).counts['KeepfitConv2D'] ?? 0).toBe(0);
  class Doubled extends (own.constructor as new (options: object) => Layer) {
    override call(inputs: tf.Tensor, context: object): tf.Tensor {
      return tf.mul(super.call(inputs, context as never) as tf.Tensor, 2);
    }
  }
  class Heir extends Doubled {}
  for (const Class of [Doubled, Heir]) {
    const doubled = new Class({ filters: 3, kernelSize: 3, inputShape: [7, 6, 2] });
    expect((await train(() => [doubled])).counts['KeepfitConv2D'] ?? 0).toBe(0);
  }
  const leaky = convolution({ activation: 'relu' });
  const activation = { getClassName: () => 'relu', apply: (y: tf.Tensor) => tf.leakyRelu(y, 0.5) };
  Object.assign(leaky, { activation });
  expect((await train(() => [leaky])).counts['LeakyRelu']).toBe(2);
});

test('the layers are the same afterwards, and no tensor is left', async () => {
  const layer = convolution({ activation: 'relu' });
  await train(() => [layer]);
  expect(Object.hasOwn(layer, 'call')).toBe(false);
  const { model } = await train(MODELS['elu'] as () => Layer[]);
  const [x, y] = [tf.ones([4, 7, 6, 2]), tf.ones([4, 1])];
  await fit(model, x, y, { verbose: 0 });
  const before = tf.memory().numTensors;
  await fit(model, x, y, { verbose: 0 });
  expect(tf.memory().numTensors).toBe(before);
});

function variable(shape: number[], seed: number): tf.Variable {
  return tf.variable(tf.randomUniform(shape, -1, 1, 'float32', seed));
}

/** Trains a model for two steps and counts the kernels that run. */
async function train(
  build: () => Layer[],
  options: FitOptions = {},
  prepare: (layers: [Layer, ...Layer[]]) => void = () => {},
) {
  const model = seeded(1, () =>
    tf.sequential({ layers: [...build(), layers.flatten(), layers.dense({ units: 1 })] }),
  );
  model.compile({ optimizer: 'adam', loss: 'meanSquaredError' });
  prepare(model.layers as [Layer, ...Layer[]]);
  const x = tf.randomUniform([8, 7, 6, 2], -1, 1, 'float32', 1);
  const y = tf.randomUniform([8, 1], -1, 1, 'float32', 2);
  const counts: Record<string, number> = {};
  const restore = watchKernels((name) => (counts[name] = (counts[name] ?? 0) + 1));
  try {
    const { history } = await fit(model, x, y, {
      ...{ batchSize: 4, shuffle: false, verbose: 0 },
      ...options,
    });
    const weights = model.getWeights().map((weight) => weight.dataSync().join());
    return { model, counts, weights, loss: history['loss'] };
  } finally {
    restore();
  }
}

function watchKernels(onRun: (name: string) => void): () => void {
  const originals = tf.getKernelsForBackend('wasm');
  for (const kernel of originals) {
    const kernelFunc: tf.KernelFunc = (given) => {
      onRun(kernel.kernelName);
      return kernel.kernelFunc(given);
    };
    replace({ ...kernel, kernelFunc });
  }
  return () => originals.forEach(replace);
}

function replace(kernel: tf.KernelConfig): void {
  tf.unregisterKernel(kernel.kernelName, kernel.backendName);
  tf.registerKernel(kernel);
}

async function withoutKernel<T>(name: string, run: () => Promise<T>): Promise<T> {
  const kernel = tf.getKernelsForBackend('wasm').find(({ kernelName }) => kernelName === name);
  tf.unregisterKernel(name, 'wasm');
  try {
    return await run();
  } finally {
    tf.registerKernel(kernel!);
  }
}
