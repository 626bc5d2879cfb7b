import { kernelConfig, plainKernels } from '@keepfit/plain-kernels';
import type { KernelConfig } from '@tensorflow/tfjs-core';
import { cpuMemory } from './cpu-memory.js';

/** What stands in for kernels of tfjs' cpu backend that are wrong in training, or needlessly slow. */
export function cpuKernels(): KernelConfig[] {
  return Object.values(plainKernels).map((kernel) => kernelConfig(kernel, 'cpu', cpuMemory));
}
