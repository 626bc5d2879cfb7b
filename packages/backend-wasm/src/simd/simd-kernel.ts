import type * as tf from '@tensorflow/tfjs-core';
import type { Heap } from '../heap.js';
import type { SimdExports } from './simd-exports.js';
import { simdModule } from './simd-module.js';

/** The tools of a kernel on the SIMD module. */
export interface SimdTools {
  readonly simd: SimdExports;
  readonly heap: Heap;
  readonly backend: tf.KernelBackend;
}

/** Creates a kernel of the wasm backend from a function that computes on tfjs' heap with the SIMD module. */
export function createSimdKernel<Inputs, Attrs>(
  kernelName: string,
  { backend }: SimdTools,
  compute: (inputs: Inputs, attrs: Attrs) => tf.TensorInfo | tf.TensorInfo[],
): tf.KernelConfig {
  const kernelFunc: tf.KernelFunc = (given) => {
    if (given.backend !== backend)
      throw new Error(
        `${kernelName} was called for another backend than it was made for; call useBackend again`,
      );
    return compute(given.inputs as Inputs, (given.attrs ?? {}) as Attrs);
  };
  return { kernelName, backendName: 'wasm', kernelFunc };
}

/** Loads the module of assembly/ on tfjs' own memory; undefined if this engine has no SIMD. */
export async function loadSimd(memory: WebAssembly.Memory): Promise<SimdExports | undefined> {
  const shared = typeof SharedArrayBuffer !== 'undefined' && memory.buffer instanceof SharedArrayBuffer;
  const bytes = Uint8Array.from(atob(simdModule(shared)), (character) => character.charCodeAt(0));
  if (!WebAssembly.validate(bytes)) return undefined;
  const { instance } = await WebAssembly.instantiate(bytes, { env: { memory } });
  return instance.exports as unknown as SimdExports;
}

/** Runs `body` with the addresses of scratch memories of these sizes in bytes, then frees them. */
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

/** Fills scratch memory with zeros. */
export function clearMemory(heap: Heap, address: number, byteLength: number): void {
  heap.compute([address], (buffer, at) => void new Uint8Array(buffer, at, byteLength).fill(0));
}
