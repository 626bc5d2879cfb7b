import { useBackend } from '@keepfit/fit';
import type { UpdateProgram } from '@keepfit/js-kernels';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test, vi } from 'vitest';
import { testUpdates } from '../../js-kernels/test/helpers/test-updates.js';
import { runFused } from '../../js-kernels/test/helpers/update-programs.js';
import { wasmBackend } from '../src/index.js';

const DOUBLE: UpdateProgram = { tensors: 1, numbers: 0, instructions: [['add', 0, 0]], results: [1] };

beforeAll(() => useBackend(wasmBackend()));

testUpdates();

test('a program survives the growth of the heap and another start of the backend', async () => {
  const doubled = async (length: number): Promise<number[]> => {
    const tensor = tf.ones([length]);
    const [result] = runFused(DOUBLE, [tensor], []);
    const values = await result!.data();
    tf.dispose([tensor, result!]);
    return [values.length, values[0] ?? 0, values[length - 1] ?? 0];
  };
  expect(await doubled(3)).toEqual([3, 2, 2]);
  // Larger than the heap at its start.
  expect(await doubled(5_000_000)).toEqual([5_000_000, 2, 2]);
  await useBackend(wasmBackend());
  expect(await doubled(5)).toEqual([5, 2, 2]);
});

test('a formula that is recorded again at each step is compiled once', () => {
  const compile = vi.spyOn(WebAssembly, 'Module');
  const tensor = tf.ones([3]);
  for (let step = 0; step < 3; step++)
    tf.dispose(runFused({ ...DOUBLE, instructions: [['mul', 0, 0]] }, [tensor], []));
  expect(compile).toHaveBeenCalledTimes(1);
  compile.mockRestore();
  tensor.dispose();
});
