import type { KernelBackend, KernelConfig, KernelFunc, TensorInfo } from '@tensorflow/tfjs-core';
import type { Heap } from '../heap.js';
import type { SimdExports } from './simd-exports.js';

/** What a kernel on the SIMD module works with. */
export interface SimdTools {
  readonly simd: SimdExports;
  readonly heap: Heap;
  readonly backend: KernelBackend;
}

/** A kernel of the wasm backend from a function that computes on tfjs' heap with the SIMD module. */
export function simdKernel<Inputs, Attrs>(
  kernelName: string,
  { backend }: SimdTools,
  compute: (inputs: Inputs, attrs: Attrs) => TensorInfo | TensorInfo[],
): KernelConfig {
  const kernelFunc: KernelFunc = (given) => {
    if (given.backend !== backend)
      throw new Error(
        `${kernelName} was called for another backend than it was made for; call useBackend again`,
      );
    return compute(given.inputs as Inputs, (given.attrs ?? {}) as Attrs);
  };
  return { kernelName, backendName: 'wasm', kernelFunc };
}
