// @keepfit/backend-wasm as the program in the frame imports it. The published package brings the .wasm files; its
// sources do not, so this page has them from Vite.
import { wasmBackend as createBackend, type WasmBackendOptions } from '@keepfit/backend-wasm';
import plain from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url';
import simd from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';

export * from '@keepfit/backend-wasm';

export const wasmBackend = (options?: WasmBackendOptions) =>
  createBackend({
    paths: {
      'tfjs-backend-wasm.wasm': plain,
      'tfjs-backend-wasm-simd.wasm': simd,
    },
    ...options,
  });
