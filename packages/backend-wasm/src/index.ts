export { wasmBackend } from './wasm-backend.js';

export type { WasmBackendOptions, WasmFile } from './wasm-backend.js';
