import type * as tf from '@tensorflow/tfjs-core';
import { getHeap } from './heap.js';
import { activationGradients } from './kernels/activation-gradients.js';
import { batchMatMul } from './kernels/batch-mat-mul.js';
import { batchNormGradients } from './kernels/batch-norm-gradients.js';
import { binary } from './kernels/binary.js';
import { concatAndSplit } from './kernels/concat-and-split.js';
import { conv2DBackpropFilter } from './kernels/conv-2d-backprop-filter.js';
import { conv2DBackpropInput } from './kernels/conv-2d-backprop-input.js';
import { conv2D, fusedConv2D, trainedConv2D } from './kernels/conv-2d.js';
import { fusedBatchNorm } from './kernels/fused-batch-norm.js';
import { identity } from './kernels/identity.js';
import { listJsKernels } from './kernels/js-kernel-list.js';
import { maxPool } from './kernels/max-pool.js';
import { optimizers } from './kernels/optimizers.js';
import { deferChannelsFirst } from './kernels/other-kernel.js';
import { sum } from './kernels/sum.js';
import { tanh } from './kernels/tanh.js';
import { loadSimd, type SimdTools } from './simd/simd-kernel.js';

interface TrainingKernels {
  /** The kernels that replace tfjs' own, none of them twice. */
  readonly kernels: readonly tf.KernelConfig[];
  /** Whether the SIMD module computes; if not, all of them are JavaScript. */
  readonly simd: boolean;
}

export async function loadTrainingKernels(backend: tf.KernelBackend): Promise<TrainingKernels> {
  const heap = getHeap(backend);
  const jsKernels = [...identity(heap), ...listJsKernels()];
  const simd = await loadSimd(heap.memory);
  if (simd === undefined) return { kernels: jsKernels, simd: false };
  const fast = listSimdKernels({ simd, heap, backend }, jsKernels);
  const others = jsKernels.filter(
    ({ kernelName }) => !fast.some((kernel) => kernel.kernelName === kernelName),
  );
  return { kernels: [...others, ...fast], simd: true };
}

/** The kernels that the module of assembly/ computes. They leave some cases to `jsKernels`. */
function listSimdKernels(tools: SimdTools, jsKernels: readonly tf.KernelConfig[]): tf.KernelConfig[] {
  return [
    ...activationGradients(tools),
    ...batchMatMul(tools),
    ...batchNormGradients(tools),
    ...binary(tools),
    ...deferChannelsFirst(
      [conv2D(tools), conv2DBackpropFilter(tools), conv2DBackpropInput(tools)],
      jsKernels,
    ),
    fusedConv2D(tools, jsKernels),
    ...trainedConv2D(tools),
    ...concatAndSplit(tools),
    fusedBatchNorm(tools, jsKernels),
    ...maxPool(tools),
    ...optimizers(tools),
    ...sum(tools, jsKernels),
    tanh(tools),
  ];
}
