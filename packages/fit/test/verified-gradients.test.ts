import { cpuBackend } from '@keepfit/backend-cpu';
import { type Backend, Trainer, useBackend } from '@keepfit/fit';
import { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { currentKernels } from '../src/backend/kernels.js';
import { plainData } from './helpers/plain-data.js';
import { plainModel } from './helpers/plain-model.js';

/**
 * A tfjs backend whose kernel for the gradient of average pooling is right already, as in TensorFlow: it
 * shares a gradient among the real cells of its window. keepfit's gradient would raise it a second time.
 */
const RIGHT = 'right-kernels';

/** One window of 2 by 2 over a single real cell: all of the gradient belongs to that cell. */
const image = (): tf.Tensor4D => tf.tensor4d([5], [1, 1, 1, 1]);
const pool = (x: tf.Tensor): tf.Tensor => tf.avgPool(x as tf.Tensor4D, 2, 2, 'same');

const slope = (op: (x: tf.Tensor) => tf.Tensor, x: tf.Tensor): number[] => [...tf.grad(op)(x).dataSync()];

beforeAll(async () => {
  await useBackend(cpuBackend());
  tf.registerBackend(RIGHT, () => new MathBackendCPU());
  tf.copyRegisteredKernels('cpu', RIGHT);
  const divideByAllCells = tf.getKernel(tf.AvgPoolGrad, RIGHT);
  tf.unregisterKernel(tf.AvgPoolGrad, RIGHT);
  tf.registerKernel({
    ...divideByAllCells,
    backendName: RIGHT,
    kernelFunc(given) {
      const whole = divideByAllCells.kernelFunc(given) as tf.TensorInfo;
      const cpu = given.backend as MathBackendCPU;
      // Of the one window here, one of four cells is real.
      const values = (cpu.data.get(whole.dataId).values as Float32Array).map((value) => value * 4);
      return cpu.makeTensorInfo(whole.shape, 'float32', values);
    },
  });
});

afterEach(() => useBackend(cpuBackend()));

afterAll(() => {
  tf.removeBackend(RIGHT);
  for (const { kernelName } of tf.getKernelsForBackend(RIGHT)) tf.unregisterKernel(kernelName, RIGHT);
});

/** The other backend, as its author would bring it. */
function rightBackend(verifiedGradients?: 'all' | readonly string[]): Backend {
  return {
    ...{ name: RIGHT, kernels: 'right 1', start: () => tf.setBackend(RIGHT), stop() {} },
    ...(verifiedGradients === undefined ? {} : { verifiedGradients }),
  };
}

test('the average pool has the right gradient on cpu, on a backend with right kernels, and on cpu again', async () => {
  expect(slope(pool, image())).toEqual([1]);
  await useBackend(rightBackend());
  expect(slope(pool, image())).toEqual([1]);
  await useBackend(cpuBackend());
  expect(slope(pool, image())).toEqual([1]);
});

test('so it has where tf.setBackend switches back and forth', async () => {
  for (let round = 0; round < 2; round++) {
    await tf.setBackend(RIGHT);
    expect(slope(pool, image())).toEqual([1]);
    await tf.setBackend('cpu');
    expect(slope(pool, image())).toEqual([1]);
  }
});

test('a backend says which gradients of keepfit were verified with its kernels', async () => {
  await useBackend(rightBackend(['Max']));
  const ties = tf.tensor1d([3, 3]);
  expect(slope(pool, image())).toEqual([1]);
  expect(slope((x) => tf.max(x), ties)).toEqual([0.5, 0.5]);
  await useBackend(rightBackend());
  expect(slope((x) => tf.max(x), ties)).toEqual([1, 1]);
  await useBackend(rightBackend('all'));
  expect(slope(pool, image())).toEqual([4]);
  expect(slope((x) => tf.max(x), ties)).toEqual([0.5, 0.5]);
});

test("gets the tensors that tfjs' own gradient has saved, where keepfit's saves others", async () => {
  const [x, weights] = [tf.tensor1d([1, 2, 3]), tf.tensor1d([5, 7, 11])];
  for (const backend of [rightBackend(), cpuBackend()]) {
    await useBackend(backend);
    expect(slope((values) => tf.mul(tf.cumsum(values), weights), x)).toEqual([23, 18, 11]);
    expect(slope((values) => tf.tile(values, [2]), x)).toEqual([2, 2, 2]);
    expect(slope((values) => tf.mirrorPad(values, [[0, 0]], 'symmetric'), x)).toEqual([1, 1, 1]);
    expect(slope((values) => tf.pow(values, 2), x)).toEqual([2, 4, 6]);
  }
});

test('an op for which tfjs has no gradient is refused there, as tfjs does', async () => {
  const step = (x: tf.Tensor): tf.Tensor => tf.mul(tf.cast(tf.greater(x, 1), 'float32'), x);
  expect(slope(step, tf.tensor1d([0, 2]))).toEqual([0, 1]);
  await useBackend(rightBackend());
  expect(() => slope(step, tf.tensor1d([0, 2]))).toThrow(
    'Cannot compute gradient: gradient function not found for Greater.',
  );
});

test('the gradient of a gradient follows the backend too', async () => {
  const cube = (x: tf.Tensor): tf.Tensor => tf.mul(tf.mul(x, x), x);
  const second = (x: tf.Tensor): number[] => slope((at) => tf.grad(cube)(at), x);
  for (const backend of [cpuBackend(), rightBackend(), cpuBackend()]) {
    await useBackend(backend);
    expect(second(tf.tensor1d([2, -1]))).toEqual([12, -6]);
    const distance = (x: tf.Tensor): tf.Tensor => tf.squaredDifference(x, tf.tensor1d([1, 1]));
    expect(slope((x) => tf.grad(distance)(x), tf.tensor1d([3, 0]))).toEqual([2, 2]);
  }
});

test("the fast gradients give way to tfjs' own, to the same numbers", async () => {
  const ops = [tf.tanh, tf.sigmoid, tf.relu, tf.log, (x: tf.Tensor) => tf.clipByValue(x, 0.4, 0.6)];
  const slopes = (): number[][] => ops.map((op) => slope(op, tf.tensor1d([0.25, 0.5, 0.75])));
  const onCpu = slopes();
  await useBackend(rightBackend());
  const former = slopes();
  onCpu.forEach((numbers, op) =>
    numbers.forEach((number, at) => expect(former[op]?.[at]).toBeCloseTo(number, 6)),
  );
});

test('checkpoints name the gradients that compute', async () => {
  const kernels = async (backend: Backend): Promise<string> => {
    await useBackend(backend);
    return currentKernels().kernels;
  };
  expect(await kernels(rightBackend())).toBe('right 1');
  expect(await kernels(rightBackend('all'))).toBe('right 1, gradients 1');
  expect(await kernels(rightBackend(['Max', 'AvgPool']))).toBe('right 1, gradients 1 of AvgPool Max');
  await tf.setBackend('cpu');
  expect(currentKernels().kernels).toMatch(/^stock, math [0-9a-f]{8}, gradients 1$/);
});

test('a training on it leaves no tensor behind', async () => {
  await useBackend(rightBackend());
  const { x, y } = plainData(8);
  const train = async (): Promise<void> => {
    const model = plainModel(1);
    const optimizer = tf.train.sgd(0.1);
    const trainer = new Trainer(model, { optimizer, loss: 'mse' });
    await trainer.fit(x, y, { epochs: 1, batchSize: 4, verbose: 0 });
    model.dispose();
    optimizer.dispose();
  };
  await train();
  const before = tf.memory().numTensors;
  await train();
  expect(tf.memory().numTensors).toBe(before);
});
