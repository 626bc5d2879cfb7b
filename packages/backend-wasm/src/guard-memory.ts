import { KeepfitError } from '@keepfit/callbacks';
import type * as tf from '@tensorflow/tfjs-core';
import type { Allocator } from './heap.js';

/**
 * Makes an allocation throw if the heap cannot hold it. tfjs uses the address 0 that `malloc` then returns,
 * and overwrites the memory there. Returns a function that restores tfjs' own allocator.
 */
export function guardMemory(backend: tf.KernelBackend): () => void {
  const { wasm } = backend as unknown as { wasm: Allocator };
  // Emscripten replaces the function at the first call.
  wasm._free(wasm._malloc(16));
  const malloc = wasm._malloc;
  wasm._malloc = (byteLength) => {
    // Beyond 32 bits the length would wrap around to a small one.
    const address = byteLength < 2 ** 32 ? malloc(byteLength) : 0;
    if (address === 0 && byteLength > 0) throw createOutOfMemoryError(byteLength);
    return address;
  };
  return () => void (wasm._malloc = malloc);
}

function createOutOfMemoryError(byteLength: number): KeepfitError {
  const size = byteLength < 2 ** 20 ? `${byteLength} bytes` : `${Math.round(byteLength / 2 ** 20)} MB`;
  const advice = 'take smaller batches, a smaller model, or dispose of tensors that are no longer needed';
  return new KeepfitError(
    'KEEPFIT_OUT_OF_MEMORY',
    `the wasm backend has no room for ${size} more (its memory ends at 4 GB); ${advice}`,
  );
}
