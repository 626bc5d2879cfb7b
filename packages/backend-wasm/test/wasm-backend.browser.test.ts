import { useBackend } from '@keepfit/fit';
import type { UpdateProgram } from '@keepfit/js-kernels';
import plain from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url';
import simd from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import { getBackend, getKernel, grad, matMul, tensor } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { runFused } from '../../js-kernels/test/helpers/update-programs.js';
import { wasmBackend } from '../src/index.js';

test('starts in a page with the addresses of its files, and trains on the SIMD module', async () => {
  const paths = {
    'tfjs-backend-wasm.wasm': plain,
    'tfjs-backend-wasm-simd.wasm': simd,
  };
  await useBackend(wasmBackend({ paths }));
  expect(getBackend()).toBe('wasm');
  expect(getKernel('KeepfitAdam', 'wasm')).toBeDefined();
  const b = tensor([
    [1, 2],
    [3, 4],
  ]);
  const slope = grad((a) => matMul(a, b))(tensor([[1, 1]]));
  expect([...(await slope.data())]).toEqual([3, 7]);
});

test('compiles an update in a page, where the engine limits what compiles at once', async () => {
  const program: UpdateProgram = { tensors: 1, numbers: 1, instructions: [['mul', 0, 1]], results: [2] };
  const weight = tensor([1, 2, 3, 4, 5]);
  const [result] = runFused(program, [weight], [0.5]);
  expect([...(await result!.data())]).toEqual([0.5, 1, 1.5, 2, 2.5]);
});
