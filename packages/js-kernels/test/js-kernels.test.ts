import type { TensorInfo } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { type JsKernel, jsKernels } from '../src/index.js';
import { arrayMemory } from './helpers/array-memory.js';
import { expectCase } from './helpers/expect-case.js';
import type { RunKernel } from './helpers/kernel-case.js';
import { kernelCases } from './helpers/kernel-cases.js';

type AnyKernel = JsKernel<Record<string, TensorInfo>, object, TensorInfo | TensorInfo[]>;

const kernels = new Map(
  Object.values(jsKernels).map((kernel) => [kernel.kernelName, kernel as unknown as AnyKernel]),
);

const run: RunKernel = (kernelName, inputs, attributes) => {
  const memory = arrayMemory();
  const tensors = Object.fromEntries(
    Object.entries(inputs).map(([name, given]) => [name, memory.put(given)]),
  );
  const outputs = kernels.get(kernelName)!.compute(tensors, attributes, memory);
  return (Array.isArray(outputs) ? outputs : [outputs]).map((tensor) => ({
    shape: tensor.shape,
    values: memory.values(tensor),
  }));
};

const cases = kernelCases();

test('there are cases for every kernel of tfjs, but the one that only fuses', () => {
  // The conformance tests of backends compare keepfit's optimizer kernels with tfjs' ops.
  const lacking = [...kernels.keys()].filter(
    (kernelName) => !kernelName.startsWith('Keepfit') && !cases.has(kernelName),
  );
  expect(lacking).toEqual(['FusedDepthwiseConv2D']);
});

for (const [kernelName, own] of cases) {
  describe(kernelName, () => {
    for (const kernelCase of own) test(kernelCase.name, () => expectCase(run, kernelCase, 3e-7));
  });
}
