import { webgpuBackend } from '@keepfit/backend-webgpu';
import { gpuZoo } from '../../backend-webgl/test/helpers/gpu-zoo.js';

gpuZoo(() => webgpuBackend({ software: true }));
