export { webgpuBackend } from './webgpu-backend.js';

export type { WebgpuBackendOptions } from './webgpu-backend.js';
