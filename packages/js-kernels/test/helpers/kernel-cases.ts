import { batchNormCases } from './batch-norm-cases.js';
import { convCases } from './conv-cases.js';
import { depthwiseCases } from './depthwise-cases.js';
import { elementwiseCases } from './elementwise-cases.js';
import type { KernelCase } from './kernel-case.js';
import { matrixCases } from './matrix-cases.js';
import { moveCases } from './move-cases.js';
import { poolCases } from './pool-cases.js';
import { reduceCases } from './reduce-cases.js';
import { resizeCases } from './resize-cases.js';

/** The cases that every backend's kernels must compute, by kernel. */
export function kernelCases(): Map<string, KernelCase[]> {
  const byKernel = new Map<string, KernelCase[]>();
  const all = [
    batchNormCases,
    convCases,
    depthwiseCases,
    elementwiseCases,
    matrixCases,
    moveCases,
    poolCases,
    reduceCases,
    resizeCases,
  ];
  for (const kernelCase of all.flatMap((cases) => cases())) {
    const former = byKernel.get(kernelCase.kernelName) ?? [];
    byKernel.set(kernelCase.kernelName, [...former, kernelCase]);
  }
  return byKernel;
}
