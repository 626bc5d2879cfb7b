import { wasmBackend } from '@keepfit/backend-wasm';
import plain from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url';
import simd from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';

/** Creates the WASM backend with files from Vite. The published package brings them, so that it needs no `paths`. */
export function createWasmBackend() {
  return wasmBackend({
    paths: {
      'tfjs-backend-wasm.wasm': plain,
      'tfjs-backend-wasm-simd.wasm': simd,
    },
  });
}
