import { useBackend } from '@keepfit/fit';
import plain from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url';
import simd from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import threaded from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm?url';
import { getBackend, getKernel, grad, matMul, tensor } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { wasmBackend } from '../src/index.js';

test('starts in a page with the addresses of its files, and trains on the SIMD module', async () => {
  const paths = {
    'tfjs-backend-wasm.wasm': plain,
    'tfjs-backend-wasm-simd.wasm': simd,
    'tfjs-backend-wasm-threaded-simd.wasm': threaded,
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
