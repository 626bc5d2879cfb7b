import type { Backend } from '@keepfit/fit/internal';
import * as tf from '@tensorflow/tfjs-core';
import { getHeap } from './heap.js';
import { activationGradients } from './kernels/activation-gradients.js';
import { batchMatMul } from './kernels/batch-mat-mul.js';
import { batchNormGradients } from './kernels/batch-norm-gradients.js';
import { binary } from './kernels/binary.js';
import { concatAndSplit } from './kernels/concat-and-split.js';
import { conv2DBackpropFilter, conv2DFilterAndBiasGradients } from './kernels/conv-2d-backprop-filter.js';
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
import type { FitJsKernel } from './prepared/defer-js-kernel.js';
import { prepareCalls } from './prepared/prepared-calls.js';
import { Tracer } from './prepared/tracer.js';
import { loadSimd, type SimdTools } from './simd/simd-kernel.js';

interface TrainingKernels {
  /** The kernels that replace tfjs' own, none of them twice. */
  readonly kernels: readonly tf.KernelConfig[];
  /** Whether the SIMD module computes; if not, all of them are JavaScript. */
  readonly simd: boolean;
  /** Prepares the calls of a recorded step, see prepared/. Only with SIMD, because without it kernels take so long that calling them costs nothing beside. */
  readonly prepareCalls?: NonNullable<Backend['prepareCalls']>;
}

export async function loadTrainingKernels(backend: tf.KernelBackend): Promise<TrainingKernels> {
  const heap = getHeap(backend);
  const simd = await loadSimd(heap.memory);
  if (simd === undefined) return { kernels: [...identity(heap), ...listJsKernels()], simd: false };
  const tools = { simd, heap, backend };
  const kernels = listKernels(tools);
  const tracer = new Tracer(tools, tf.getKernelsForBackend('wasm'), listKernels, kernels);
  return { kernels, simd: true, prepareCalls: (plan) => prepareCalls(backend, tracer, plan) };
}

/** The kernels on the module of assembly/, and those in JavaScript for the rest. */
function listKernels(tools: SimdTools, fit?: FitJsKernel): tf.KernelConfig[] {
  const jsKernels = [...identity(tools.heap), ...listJsKernels(fit)];
  const fast = listSimdKernels(tools, jsKernels);
  const others = jsKernels.filter(
    ({ kernelName }) => !fast.some((kernel) => kernel.kernelName === kernelName),
  );
  return [...others, ...fast];
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
    conv2DFilterAndBiasGradients(tools),
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
