// In a process of its own, because the warning comes once in a process.
// @vitest-environment node
// @vitest-environment-options {"process": "stock-kernels"}
import { cpuBackend } from '@keepfit/backend-cpu';
import { type Backend, type Model, Trainer, useBackend } from '@keepfit/fit';
import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { caught } from './helpers/caught.js';
import { plainData } from './helpers/plain-data.js';
import { plainModel } from './helpers/plain-model.js';

type Op = () => tf.Tensor;

const values = (shape: number[], seed = 1): tf.Tensor => tf.randomNormal(shape, 0, 1, 'float32', seed);
const image = (size: number, channels = 2): tf.Tensor4D => values([1, size, size, channels]) as tf.Tensor4D;
const filter = (size: number): tf.Tensor4D => values([size, size, 2, 3], 2) as tf.Tensor4D;
const run = (name: string, inputs: Record<string, tf.Tensor>, attrs: object = {}): tf.Tensor =>
  tf.engine().runKernel(name, inputs, attrs as tf.NamedAttrMap) as tf.Tensor;
const product = (a: number[], b: number[]): Op => {
  return () => tf.matMul(values([...a, 2, 4]), values([...b, 4, 3], 2));
};
const normalized = (statistics: number[]): Op => {
  return () => {
    const [mean, variance] = [values(statistics), tf.abs(values(statistics, 2))];
    return tf.batchNorm(values([4, 2, 3]), mean, variance, values(statistics, 3), values(statistics, 4));
  };
};
const fused = (a: number[], b: number[], transposeA = false): Op => {
  const bias = (): tf.Tensor => values([3], 3);
  return () => tf.fused.matMul({ a: values(a), b: values(b, 2), transposeA, bias: bias() });
};
const maxPoolGradient = (x: Op): Op => {
  return () => {
    const [input, output] = [x(), tf.maxPool(x() as tf.Tensor4D, 2, 2, 'valid')];
    const dy = tf.onesLike(output);
    return run('MaxPoolGrad', { dy, input, output }, { filterSize: 2, strides: 2, pad: 'valid' });
  };
};
const resizeGradient = (name: string, shape: number[]): Op => {
  return () =>
    run(name, { images: values(shape), dy: values([shape[0] ?? 1, 6, 6, 2], 2) }, { alignCorners: false });
};
const withNan = (): tf.Tensor => tf.tensor1d([Number.NaN, -1, 2, 7]);
const square = (x: tf.Tensor): tf.Tensor4D => tf.reshape(x, [1, 2, 2, 1]);
const conv3dGradient = (name: string, strides: number): Op => {
  return () => {
    const [x, weights] = [values([1, 4, 4, 4, 2]) as tf.Tensor5D, values([2, 2, 2, 2, 3], 2) as tf.Tensor5D];
    const dy = tf.conv3d(x, weights, strides, 'valid');
    return name === 'Conv3DBackpropInputV2'
      ? run(name, { dy, filter: weights }, { strides, pad: 'valid', inputShape: x.shape })
      : run(name, { dy, x }, { strides, pad: 'valid', filterShape: weights.shape });
  };
};

const fusedNan: Op = () =>
  tf.fused.matMul({ a: tf.reshape(withNan(), [1, 4]), b: tf.ones([4, 2]), activation: 'relu' });

/** By backend: what tfjs' own kernel computes wrongly, and what is near it and right. */
const WRONG: Readonly<Record<string, Readonly<Record<string, Op>>>> = {
  cpu: {
    'BatchMatMul of batches that are repeated inside': product([2, 1], [2, 3]),
    'BatchMatMul of batches that are repeated on both sides': product([2, 1], [3]),
    'FusedBatchNorm along the middle axis': normalized([1, 2, 1]),
    'FusedBatchNorm along the first axis': normalized([4, 1, 1]),
    'ResizeNearestNeighborGrad of two images': resizeGradient('ResizeNearestNeighborGrad', [2, 3, 3, 2]),
    'ResizeBilinearGrad of an image that is not square': resizeGradient('ResizeBilinearGrad', [1, 3, 4, 2]),
    'MaxPool of NaN': () => tf.maxPool(square(withNan()), 2, 2, 'valid'),
    'MaxPool3D of NaN': () =>
      tf.maxPool3d(tf.reshape(withNan(), [1, 1, 2, 2, 1]) as tf.Tensor5D, [1, 2, 2], 1, 'valid'),
  },
  wasm: {
    'BatchMatMul of batches that are repeated inside': product([2, 1], [2, 3]),
    'FusedBatchNorm along the middle axis': normalized([1, 2, 1]),
    'Conv2D with a stride beyond the filter': () => tf.conv2d(image(6), filter(2), 3, 'same'),
    'FusedConv2D with a stride beyond the filter': () =>
      tf.fused.conv2d({ x: image(6), filter: filter(2), strides: 3, pad: 'same' }),
    'DepthwiseConv2dNative with a stride beyond the filter': () =>
      tf.depthwiseConv2d(image(6), filter(2), 3, 'same'),
    'FusedDepthwiseConv2D with a stride beyond the filter': () =>
      tf.fused.depthwiseConv2d({
        x: image(6),
        filter: filter(2),
        strides: 3,
        pad: 'same',
        activation: 'relu',
      }),
    'Conv2D whose output is rounded up': () => tf.conv2d(image(6), filter(3), 2, 1, 'NHWC', 1, 'ceil'),
    'MaxPool whose output is rounded up': () => tf.maxPool(image(6), 3, 2, 1, 'ceil'),
    'AvgPool whose output is rounded up': () => tf.avgPool(image(6), 3, 2, 1, 'round'),
    'MaxPoolGrad of negative windows': maxPoolGradient(() => tf.neg(tf.abs(image(4)))),
    'MaxPool3D of negative windows': () =>
      tf.maxPool3d(tf.neg(tf.abs(values([1, 2, 2, 2, 1]))) as tf.Tensor5D, 2, 2, 'valid'),
    'Conv3DBackpropInputV2 ': conv3dGradient('Conv3DBackpropInputV2', 1),
    'Conv3DBackpropFilterV2 with a stride': conv3dGradient('Conv3DBackpropFilterV2', 2),
    '_FusedMatMul of batches with a bias': fused([3, 2, 4], [3, 4, 3]),
    '_FusedMatMul of turned factors with a bias': fused([4, 2], [4, 3], true),
    'GatherV2 with two batch axes': () =>
      tf.gather(values([2, 2, 3]), tf.tensor3d([0, 2, 1, 0, 2, 1, 0, 0], [2, 2, 2], 'int32'), 2, 2),
    'BatchMatMul of one memory by two shapes': () => {
      const b = values([2, 3]);
      tf.matMul(values([1, 2], 3), b);
      return tf.matMul(values([1, 3], 5), tf.reshape(b, [3, 2]));
    },
    'ClipByValue of whole numbers': () => tf.clipByValue(tf.tensor1d([1, 5, -7], 'int32'), 0, 3),
    'ClipByValue of NaN': () => tf.clipByValue(withNan(), -0.5, 3),
    'Relu6 of NaN': () => tf.relu6(withNan()),
    'Maximum of NaN': () => tf.maximum(1, withNan()),
    'Minimum of NaN': () => tf.minimum(1, withNan()),
    'MaxPool of NaN': () => tf.maxPool(square(withNan()), 2, 2, 'valid'),
    'AvgPool of NaN': () => tf.avgPool(square(withNan()), 2, 2, 'valid'),
    'Conv2D of NaN': () => tf.conv2d(square(withNan()), tf.ones([1, 1, 1, 1]), 1, 'same'),
    '_FusedMatMul of NaN': fusedNan,
  },
};

const RIGHT: Readonly<Record<string, Readonly<Record<string, Op>>>> = {
  cpu: {
    'batches that are repeated before all others': product([3], [2, 3]),
    'statistics of the last axis, in the rank of the input': normalized([1, 1, 3]),
    'statistics of every value': normalized([4, 2, 3]),
    'one image': resizeGradient('ResizeNearestNeighborGrad', [1, 3, 4, 2]),
    'square images': resizeGradient('ResizeBilinearGrad', [2, 3, 3, 2]),
    'pooling of numbers': () => tf.maxPool(image(4), 2, 2, 'valid'),
  },
  wasm: {
    'a stride beyond the filter that leaves no gap': () => tf.conv2d(image(5), filter(2), 3, 'same'),
    'a filter of one pixel': () => tf.conv2d(image(6), filter(1), 2, 'same'),
    'an output that rounding leaves as it is': () => tf.maxPool(image(5), 3, 2, 1, 'ceil'),
    'the gradient of positive windows': maxPoolGradient(() => tf.add(tf.abs(image(4)), 0.1)),
    'pooling of positive volumes': () =>
      tf.maxPool3d(tf.abs(values([1, 2, 2, 2, 1])) as tf.Tensor5D, 2, 2, 'valid'),
    'the filter of a convolution of volumes': conv3dGradient('Conv3DBackpropFilterV2', 1),
    'a bias': fused([2, 4], [4, 3]),
    'one batch axis': () => tf.gather(values([2, 3, 5]), tf.tensor2d([0, 2, 1, 1], [2, 2], 'int32'), 1, 1),
    'one memory of one shape': () => {
      const b = values([2, 3]);
      tf.matMul(values([1, 2], 3), b);
      return tf.matMul(values([1, 2], 5), b);
    },
    numbers: () => tf.maximum(tf.relu6(tf.clipByValue(values([9]), -0.5, 3)), 0.1),
  },
};

const stockBackend = (name: string): Backend => ({
  ...{ name, kernels: 'stock', start: () => tf.setBackend(name), stop() {} },
});

/** Lets tfjs create its wasm backend again, without freeing a memory that a wrong kernel may have damaged. */
async function renewWasm(): Promise<void> {
  await useBackend(cpuBackend());
  delete tf.engine().registry['wasm'];
  removeListeners();
}

const EVENTS = ['uncaughtException', 'unhandledRejection'] as const;
const listeners = EVENTS.flatMap((event) => process.listeners(event as 'uncaughtException'));

/** Emscripten ends the process at any unhandled rejection, once for each start. */
function removeListeners(): void {
  for (const event of EVENTS)
    for (const listener of process.listeners(event as 'uncaughtException'))
      if (!listeners.includes(listener)) process.removeListener(event, listener);
}

let warnings: string[];

beforeEach(() => {
  warnings = [];
  vi.spyOn(console, 'warn').mockImplementation((line) => void warnings.push(String(line)));
});

afterEach(() => vi.restoreAllMocks());

afterAll(() => useBackend(cpuBackend()));

/** The numbers of an op, or undefined if tfjs itself refuses it. */
async function compute(op: Op): Promise<string | undefined> {
  try {
    const y = tf.tidy(op);
    const numbers = [...(await y.data())].map((value) => value.toPrecision(4));
    return `${y.shape.join(' by ')}: ${numbers.join()}`;
  } catch {
    return undefined;
  }
}

function modelOf(op: Op): Model {
  const variable = tf.variable(tf.scalar(1));
  const weights = [{ name: 'scale', variable, trainable: true }];
  // The sum is the only output, whatever the shape of the op.
  return {
    weights,
    call: (x) => tf.mul(tf.add(tf.sum(tf.cast(op(), 'float32')), x as tf.Tensor), variable),
  };
}

const input = { data: Float32Array.from([1, 2]), shape: [2, 1] };

for (const backend of ['cpu', 'wasm']) {
  describe(`tfjs' own ${backend} backend`, () => {
    // Its wrong kernels also write where they must not.
    beforeEach(renewWasm);
    afterAll(renewWasm);

    const reference = async (op: Op): Promise<string | undefined> => {
      await useBackend(cpuBackend());
      const right = await compute(op);
      await useBackend(stockBackend(backend));
      return right;
    };

    test.each(Object.entries(WRONG[backend] ?? {}))('is wrong, and refused: %s', async (name, op) => {
      const right = await reference(op);
      expect(right).toBeDefined();
      expect(await compute(op)).not.toBe(right);
      const trainer = new Trainer(modelOf(op), { optimizer: tf.train.sgd(0.1), loss: 'mse' });
      for (const use of [
        // In training, tfjs takes fused kernels apart, and this one is right then.
        ...(op === fusedNan
          ? []
          : [
              () => trainer.fit(input, input, { epochs: 1, verbose: 0 }),
              () => trainer.trainOnBatch(input, input),
            ]),
        () => trainer.evaluate(input, input, { verbose: 0 }),
        () => trainer.testOnBatch(input, input),
        () => trainer.predict(input, { verbose: 0 }),
        () => trainer.predictOnBatch(input),
      ]) {
        const { code, message } = await caught(use());
        expect(code).toBe('KEEPFIT_OP_MISSING');
        expect(message).toContain(`await useBackend(${backend}Backend()), of @keepfit/backend-${backend}`);
      }
      const { message } = await caught(trainer.predict(input, { verbose: 0 }));
      expect(message).toContain(`tfjs' own ${backend} kernel ${name.split(' ')[0]} `);
    });

    test.each(Object.entries(RIGHT[backend] ?? {}))('is right, and computes: %s', async (_name, op) => {
      const right = await reference(op);
      expect(await compute(op)).toBe(right);
      const trainer = new Trainer(modelOf(op), { optimizer: tf.train.sgd(0.1), loss: 'mse' });
      await trainer.fit(input, input, { epochs: 1, verbose: 0 });
    });
  });
}

const kernels = (backend: string): Map<string, unknown> =>
  new Map(tf.getKernelsForBackend(backend).map(({ kernelName, kernelFunc }) => [kernelName, kernelFunc]));

async function train(onBatch: () => void = () => {}): Promise<void> {
  const model = plainModel(1);
  const { x, y } = plainData(4);
  const optimizer = tf.train.sgd(0.1);
  try {
    const trainer = new Trainer(model, { optimizer, loss: 'mse' });
    const callbacks = [{ onTrainBatchEnd: onBatch }];
    await trainer.fit(x, y, { epochs: 1, batchSize: 2, verbose: 0, callbacks });
  } finally {
    optimizer.dispose();
    model.dispose();
  }
}

test('a training warns once in a process and backend, and names the package', async () => {
  const warned = Symbol.for('keepfit.warnedOfBackends');
  (tf.engine() as unknown as Record<symbol, unknown>)[warned] = undefined;
  for (const backend of ['cpu', 'wasm']) {
    await useBackend(stockBackend(backend));
    await train();
    await train();
  }
  expect(warnings).toEqual([
    expect.stringContaining("tfjs' own cpu kernels"),
    expect.stringContaining('await useBackend(wasmBackend()), of @keepfit/backend-wasm, before'),
  ]);
});

test('the kernels are watched while a fit runs, and are those of tfjs after it', async () => {
  await useBackend(stockBackend('cpu'));
  const stock = kernels('cpu');
  let during: unknown;
  await train(() => void (during = kernels('cpu').get('BatchMatMul')));
  expect(during).not.toBe(stock.get('BatchMatMul'));
  expect(kernels('cpu')).toEqual(stock);
  await caught(train(() => tf.util.assert(false, () => 'a callback throws')));
  expect(kernels('cpu')).toEqual(stock);
});

test('two fits at once both watch, and the last one puts the kernels back', async () => {
  await useBackend(stockBackend('cpu'));
  const stock = kernels('cpu');
  const watched: boolean[] = [];
  const note = (): void => void watched.push(kernels('cpu').get('BatchMatMul') !== stock.get('BatchMatMul'));
  await Promise.all([train(note), train(note), train(note)]);
  expect(watched).toEqual(Array.from({ length: 6 }, () => true));
  expect(kernels('cpu')).toEqual(stock);
});

test('a kernel that somebody registers meanwhile stays, and computes unwatched after the fit', async () => {
  await useBackend(stockBackend('cpu'));
  const stock = tf.getKernel('BatchMatMul', 'cpu');
  let mine: tf.KernelConfig | undefined;
  await train(() => {
    if (mine !== undefined) return;
    const { kernelFunc } = tf.getKernel('BatchMatMul', 'cpu');
    mine = { ...stock, kernelFunc: (given) => kernelFunc(given) };
    tf.unregisterKernel('BatchMatMul', 'cpu');
    tf.registerKernel(mine);
  });
  expect(tf.getKernel('BatchMatMul', 'cpu')).toBe(mine);
  expect(tf.tidy(product([2, 1], [2, 3])).shape).toEqual([2, 3, 2, 3]);
  tf.unregisterKernel('BatchMatMul', 'cpu');
  tf.registerKernel(stock);
});

test.each<[what: string, backend: Backend]>([
  ['a backend of keepfit', cpuBackend()],
  ['a backend of somebody', { ...stockBackend('cpu'), kernels: 'mine 1' }],
])('%s neither warns nor is watched', async (_what, backend) => {
  await useBackend(backend);
  const before = kernels('cpu');
  await train(() => expect(kernels('cpu')).toEqual(before));
  expect(warnings).toEqual([]);
});

test('where tf.setBackend has switched to a stock backend, that one is watched', async () => {
  await useBackend(cpuBackend());
  await tf.setBackend('wasm');
  const stock = kernels('wasm');
  let during: unknown;
  await train(() => void (during = kernels('wasm').get('BatchMatMul')));
  expect(during).not.toBe(stock.get('BatchMatMul'));
  expect(kernels('wasm')).toEqual(stock);
});
