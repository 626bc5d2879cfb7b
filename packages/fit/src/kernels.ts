import { backend, getBackend } from '@tensorflow/tfjs-core';

// A registered symbol on tfjs' own backend object, so that ESM and CJS copies of this package agree.
const KERNELS = Symbol.for('keepfit.kernels');

interface Marked {
  [KERNELS]?: string;
}

/** Notes on tfjs' backend which kernels it computes with. */
export function markKernels(target: object, kernels: string): void {
  (target as Marked)[KERNELS] = kernels;
}

/** The name of tfjs' backend and its kernels; `stock` where it was not started by `useBackend`. */
export function currentKernels(): { backend: string; kernels: string } {
  return { backend: getBackend(), kernels: (backend() as Marked)[KERNELS] ?? 'stock' };
}
