import { cpuBackend } from '@keepfit/backend-cpu';
import { wasmBackend } from '@keepfit/backend-wasm';
import { useBackend } from '@keepfit/fit';
// The gradients and the initializers of tfjs-layers.
import '@tensorflow/tfjs';

/** Starts a backend with keepfit's kernels. */
export async function startBackend(name: 'cpu' | 'wasm'): Promise<void> {
  await useBackend(name === 'cpu' ? cpuBackend() : wasmBackend());
}
