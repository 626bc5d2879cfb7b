export { replaceKernels } from './backend/replace-kernels.js';

export type { Backend } from './contract/backend.js';
