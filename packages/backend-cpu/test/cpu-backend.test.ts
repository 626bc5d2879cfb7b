import { fingerprintMath, useBackend } from '@keepfit/fit';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { cpuBackend } from '../src/index.js';

const kernels = () =>
  new Map(tf.getKernelsForBackend('cpu').map(({ kernelName, kernelFunc }) => [kernelName, kernelFunc]));

test('stopping puts every kernel of tfjs back in its place, however often it was started', async () => {
  await import('@tensorflow/tfjs-backend-cpu');
  // Another file of this process may have left a backend running.
  await useBackend({ name: 'cpu', kernels: 'stock', start: () => tf.setBackend('cpu'), stop() {} });
  const stock = kernels();
  const first = cpuBackend();
  await useBackend(first);
  const replaced = [...kernels()]
    .filter(([name, kernel]) => stock.get(name) !== kernel)
    .map(([name]) => name);
  expect(replaced).toEqual(
    expect.arrayContaining([
      'Conv2DBackpropFilter',
      'UnsortedSegmentSum',
      'BatchMatMul',
      'ResizeNearestNeighborGrad',
    ]),
  );
  await first.start();
  await useBackend(cpuBackend());
  const second = await useBackend(cpuBackend());
  second.stop();
  expect(kernels()).toEqual(stock);
  second.stop();
  expect(kernels()).toEqual(stock);
});

test('names itself and its kernels', async () => {
  expect(await useBackend(cpuBackend())).toMatchObject({
    name: 'cpu',
    kernels: `keepfit-cpu 1, ${fingerprintMath()}`,
    verifiedGradients: 'all',
  });
  expect(tf.getBackend()).toBe('cpu');
});
