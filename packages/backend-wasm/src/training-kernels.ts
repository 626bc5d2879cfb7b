import type * as tf from '@tensorflow/tfjs-core';
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

/** The kernels that replace tfjs' own, none of them twice. */
export async function listTrainingKernels(backend: tf.KernelBackend): Promise<readonly tf.KernelConfig[]> {
  const heap = getHeap(backend);
  const jsKernels = [...identity(heap), ...listJsKernels()];
  const simd = await loadSimd(heap.memory);
  if (simd === undefined) return jsKernels;
  const fast = listSimdKernels({ simd, heap, backend }, jsKernels);
  return [
    ...jsKernels.filter(({ kernelName }) => !fast.some((kernel) => kernel.kernelName === kernelName)),
    ...fast,
  ];
}

/** The kernels that the module of assembly/ computes. They leave some cases to `jsKernels`. */
function listSimdKernels(tools: SimdTools, jsKernels: readonly tf.KernelConfig[]): tf.KernelConfig[] {
  return [
    ...activationGradients(tools),
    ...batchMatMul(tools),
    ...binary(tools),
    ...deferChannelsFirst(
      [...conv2D(tools), conv2DBackpropFilter(tools), conv2DBackpropInput(tools)],
      jsKernels,
    ),
    ...concatAndSplit(tools),
    fusedBatchNorm(tools, jsKernels),
    ...maxPool(tools),
    ...optimizers(tools),
    ...sum(tools, jsKernels),
    tanh(tools),
  ];
}
