import type { KernelBackend, KernelConfig } from '@tensorflow/tfjs-core';
import { getHeap } from './heap.js';
import { activationGradients } from './kernels/activation-gradients.js';
import { batchMatMul } from './kernels/batch-mat-mul.js';
import { binary } from './kernels/binary.js';
import { concatAndSplit } from './kernels/concat-and-split.js';
import { conv2DBackpropFilter } from './kernels/conv-2d-backprop-filter.js';
import { conv2DBackpropInput } from './kernels/conv-2d-backprop-input.js';
import { conv2D } from './kernels/conv-2d.js';
import { fusedBatchNorm } from './kernels/fused-batch-norm.js';
import { identity } from './kernels/identity.js';
import { listJsKernels } from './kernels/js-kernel-list.js';
import { maxPool } from './kernels/max-pool.js';
import { optimizers } from './kernels/optimizers.js';
import { deferChannelsFirst } from './kernels/other-kernel.js';
import { sum } from './kernels/sum.js';
import { tanh } from './kernels/tanh.js';
import { loadSimd, type SimdTools } from './simd/simd-kernel.js';

/** The kernels to put in the place of tfjs' own, none of them twice. */
export async function listTrainingKernels(backend: KernelBackend): Promise<readonly KernelConfig[]> {
  const heap = getHeap(backend);
  const plain = [...identity(heap), ...listJsKernels()];
  const simd = await loadSimd(heap.memory);
  if (simd === undefined) return plain;
  const fast = listSimdKernels({ simd, heap, backend }, plain);
  return [
    ...plain.filter(({ kernelName }) => !fast.some((kernel) => kernel.kernelName === kernelName)),
    ...fast,
  ];
}

/** What is computed by the module of assembly/. `plain` has the kernels for the cases that these leave out. */
function listSimdKernels(tools: SimdTools, plain: readonly KernelConfig[]): KernelConfig[] {
  return [
    ...activationGradients(tools),
    ...batchMatMul(tools),
    ...binary(tools),
    ...deferChannelsFirst([...conv2D(tools), conv2DBackpropFilter(tools), conv2DBackpropInput(tools)], plain),
    ...concatAndSplit(tools),
    fusedBatchNorm(tools, plain),
    ...maxPool(tools),
    ...optimizers(tools),
    ...sum(tools, plain),
    tanh(tools),
  ];
}
