import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import { replaceKernels, useBackend } from '@keepfit/fit';
import { getKernelsForBackend, setBackend } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { engineRun } from '../../js-kernels/test/helpers/engine-run.js';
import { expectCase } from '../../js-kernels/test/helpers/expect-case.js';
import { kernelCases } from '../../js-kernels/test/helpers/kernel-cases.js';
import { listJsKernels } from '../src/kernels/js-kernel-list.js';

// Without the kernels of the SIMD module, as in an engine without SIMD.
let restore: () => void;

beforeAll(async () => {
  // Another file of this process may have left a backend running.
  await useBackend({ name: 'wasm', kernels: 'stock', start: () => setBackend('wasm'), stop() {} });
  restore = replaceKernels(listJsKernels());
});

afterAll(() => restore());

for (const [kernelName, cases] of kernelCases()) {
  describe(kernelName, () => {
    for (const kernelCase of cases) test(kernelCase.name, () => expectCase(engineRun, kernelCase, 2e-6));
  });
}

test('no kernel stands in the list twice', () => {
  const names = listJsKernels().map(({ kernelName }) => kernelName);
  expect(new Set(names).size).toBe(names.length);
});

test('of the kernels that tfjs has for cpu only those are lacking that no layer needs, forward or backward', () => {
  const names = (backend: string) => getKernelsForBackend(backend).map(({ kernelName }) => kernelName);
  const own = new Set(names('wasm'));
  const lacking = names('cpu').filter((name) => !own.has(name));
  const complex = ['Complex', 'ComplexAbs', 'FFT', 'IFFT', 'Imag', 'Real'];
  const ragged = ['RaggedGather', 'RaggedRange', 'RaggedTensorToTensor'];
  expect(lacking.sort()).toEqual([...complex, ...ragged, 'Draw', 'Einsum', 'StaticRegexReplace'].sort());
});
