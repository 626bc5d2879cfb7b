/**
 * For pages without a bundler, as one file beside tfjs' own: everything of the main door, the stores of browsers,
 * and the backends `cpu` and `wasm`.
 */
export { cpuBackend } from '@keepfit/backend-cpu';
export { wasmBackend } from '@keepfit/backend-wasm';
export { indexedDBStore } from '@keepfit/store-indexeddb';
export { opfsStore } from '@keepfit/store-opfs';
export * from './index.js';
