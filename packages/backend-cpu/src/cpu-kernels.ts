import { kernelConfig, jsKernels } from '@keepfit/js-kernels';
import type { KernelConfig } from '@tensorflow/tfjs-core';
import { cpuMemory } from './cpu-memory.js';

/** What stands in for kernels of tfjs' cpu backend that are wrong in training, or needlessly slow. */
export function cpuKernels(): KernelConfig[] {
  return Object.values(jsKernels).map((kernel) => kernelConfig(kernel, 'cpu', cpuMemory));
}
