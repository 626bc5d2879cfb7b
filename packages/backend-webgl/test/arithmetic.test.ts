import { cpuBackend } from '@keepfit/backend-cpu';
import { useBackend } from '@keepfit/fit';
import { digestArithmetic } from '@keepfit/gpu-kernels';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';

beforeAll(() => useBackend(cpuBackend()));

/** The name of a GPU that computes the sine, and rounds one of the results in another way. */
const name = (change = 0) =>
  digestArithmetic('float', (_, x) => {
    const bits = new Int32Array(tf.sin(x).dataSync().slice().buffer);
    bits[77] = (bits[77] ?? 0) + change;
    const dataId = tf.backend().write(new Float32Array(bits.buffer), x.shape, 'float32');
    return { dataId, shape: x.shape, dtype: 'float32' };
  });

test('the same arithmetic has the same name', async () => {
  expect(await name()).toMatch(/^[0-9a-f]{8}$/);
  expect(await name()).toBe(await name());
});

test('one result that is rounded in another way changes the name', async () =>
  expect(await name(1)).not.toBe(await name()));

test('leaves no tensors', async () => {
  const { numTensors } = tf.memory();
  await name();
  expect(tf.memory().numTensors).toBe(numTensors);
});
