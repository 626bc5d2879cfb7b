export { wasmBackend } from './wasm-backend.js';

export type { WasmFile } from './tfjs-files/find-files.js';
export type { WasmBackendOptions } from './wasm-backend.js';
