export { kernelConfig } from './kernel-config.js';
export { jsKernels } from './js-kernels.js';

export type { Memory } from './memory.js';
export type { JsKernel } from './js-kernel.js';
export type { Values } from './values.js';
