// In a process of its own: tfjs-node makes itself the backend of whoever imports it.
// @vitest-environment node
// @vitest-environment-options {"process": "node-backend"}
import { availableParallelism } from 'node:os';
import { useBackend } from '@keepfit/fit';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { nodeBackend } from '../src/index.js';
import { hasAddon } from './helpers/has-addon.js';

const kernels = () =>
  new Map(
    tf.getKernelsForBackend('tensorflow').map(({ kernelName, kernelFunc }) => [kernelName, kernelFunc]),
  );

test('options are checked at the door', () => {
  expect(() => nodeBackend({ threads: 0 })).toThrow(/KEEPFIT_INVALID_OPTION.*threads/);
  expect(() => nodeBackend({ load: '@tensorflow/tfjs-node' as never })).toThrow(
    /KEEPFIT_INVALID_OPTION.*load/,
  );
  expect(() => nodeBackend({ cores: 2 } as never)).toThrow(/KEEPFIT_INVALID_OPTION.*cores/);
});

test('a package that does not load is an error, and nothing has changed', async () => {
  const { TF_NUM_INTRAOP_THREADS } = process.env;
  const load = () => Promise.reject(new Error("Cannot find package '@tensorflow/tfjs-node'"));
  await expect(useBackend(nodeBackend({ load, threads: 5 }))).rejects.toThrow(
    /KEEPFIT_BACKEND_UNAVAILABLE.*tfjs-node did not start \(Cannot find package/,
  );
  expect(process.env['TF_NUM_INTRAOP_THREADS']).toBe(TF_NUM_INTRAOP_THREADS);
});

test.skipIf(!hasAddon)('names everything that changes bits, the same after each start', async () => {
  const threads = Number(process.env['TF_NUM_INTRAOP_THREADS']) || availableParallelism();
  const { kernels: named } = await useBackend(nodeBackend());
  expect(named).toMatch(
    /^keepfit-node 1 on TensorFlow \d+\.\d+\.\d+, \d+ threads?, oneDNN (on|off|default), arithmetic [0-9a-f]{8}$/,
  );
  expect(named).toContain(`${threads} thread`);
  expect((await useBackend(nodeBackend())).kernels).toBe(named);
  expect(process.env['TF_DETERMINISTIC_OPS']).toBe('1');
});

test.skipIf(!hasAddon)('once TensorFlow is loaded, another number of threads is refused', async () => {
  await useBackend(nodeBackend());
  const threads = Number(process.env['TF_NUM_INTRAOP_THREADS']) + 1;
  await expect(useBackend(nodeBackend({ threads }))).rejects.toThrow(
    new RegExp(
      `KEEPFIT_BACKEND_UNAVAILABLE.*option threads of ${threads}.*TF_NUM_INTRAOP_THREADS=${threads}`,
    ),
  );
  expect((await useBackend(nodeBackend({ threads: threads - 1 }))).name).toBe('tensorflow');
});

test.skipIf(!hasAddon)('stopping puts every kernel of tfjs-node back', async () => {
  const backend = await useBackend(nodeBackend());
  const replaced = kernels();
  backend.stop();
  const stock = kernels();
  expect([...replaced].filter(([name, kernel]) => stock.get(name) !== kernel).map(([name]) => name)).toEqual(
    expect.arrayContaining(['AvgPoolGrad', 'AvgPool3DGrad', 'Conv2D', 'GatherV2', 'MaxPoolGrad']),
  );
  await useBackend(backend);
  backend.stop();
  expect(kernels()).toEqual(stock);
});

test.skipIf(!hasAddon)(
  'a tensor shares the memory of the array that it is made of, and a read copies it',
  async () => {
    await useBackend(nodeBackend());
    const array = Float32Array.of(1, 2, 3, 4);
    const tensor = tf.tensor1d(array);
    expect(await tf.neg(tensor).data()).toEqual(Float32Array.of(-1, -2, -3, -4));
    const read = await tensor.data();
    expect(read).toEqual(array);
    expect(read.buffer).not.toBe(array.buffer);
    tensor.dispose();
  },
);
