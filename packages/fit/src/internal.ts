export { fingerprintMath } from './backend/fingerprint-math.js';
export { replaceKernels } from './backend/replace-kernels.js';

export type { Backend } from './contract/backend.js';
