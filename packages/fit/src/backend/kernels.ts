import { backend, getBackend } from '@tensorflow/tfjs-core';
import { gradientsVersion } from './gradients/install-gradients.js';

// A registered symbol on tfjs' own backend object, so that ESM and CJS copies of this package agree.
const KERNELS = Symbol.for('keepfit.kernels');

interface Marked {
  [KERNELS]?: string;
}

/** Notes on tfjs' backend which kernels it computes with. */
export function markKernels(target: object, kernels: string): void {
  (target as Marked)[KERNELS] = kernels;
}

/**
 * The name of tfjs' backend and what it computes with: its kernels, `stock` where it was not started by `useBackend`, and the version of
 * keepfit's gradients, as in `keepfit-wasm 1, gradients 1`.
 */
export function currentKernels(): { backend: string; kernels: string } {
  const kernels = (backend() as Marked)[KERNELS] ?? 'stock';
  const gradients = gradientsVersion();
  return { backend: getBackend(), kernels: gradients === 0 ? kernels : `${kernels}, gradients ${gradients}` };
}
