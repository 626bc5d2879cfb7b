import type { KernelBackend, KernelConfig, KernelFunc, TensorInfo } from '@tensorflow/tfjs-core';
import type { Heap } from '../heap.js';
import type { SimdExports } from './simd-exports.js';
import { simdModule } from './simd-module.js';

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

/** The module of assembly/ on tfjs' own memory, or undefined where this engine has no SIMD. */
export async function loadSimd(memory: WebAssembly.Memory): Promise<SimdExports | undefined> {
  const shared = typeof SharedArrayBuffer !== 'undefined' && memory.buffer instanceof SharedArrayBuffer;
  const bytes = Uint8Array.from(atob(simdModule(shared)), (character) => character.charCodeAt(0));
  if (!WebAssembly.validate(bytes)) return undefined;
  const { instance } = await WebAssembly.instantiate(bytes, { env: { memory } });
  return instance.exports as unknown as SimdExports;
}

/** Runs `body` with the addresses of scratch memories of these sizes in bytes, which it may write as it likes, and gives them back. */
export function withScratch<Result>(
  heap: Heap,
  sizes: readonly number[],
  body: (...addresses: number[]) => Result,
): Result {
  const aligned = sizes.map((size) => Math.ceil(size / 64) * 64);
  const start = heap.reserve(aligned.reduce((sum, size) => sum + size, 64));
  let at = Math.ceil(start / 64) * 64;
  const addresses = aligned.map((size) => {
    const address = at;
    at += size;
    return address;
  });
  try {
    return body(...addresses);
  } finally {
    heap.release(start);
  }
}
