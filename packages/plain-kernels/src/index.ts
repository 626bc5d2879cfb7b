export { kernelConfig } from './kernel-config.js';
export { plainKernels } from './plain-kernels.js';

export type { Memory } from './memory.js';
export type { PlainKernel } from './plain-kernel.js';
export type { Values } from './values.js';
