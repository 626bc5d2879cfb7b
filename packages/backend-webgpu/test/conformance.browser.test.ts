import { webgpuBackend } from '@keepfit/backend-webgpu';
import { backendConformance } from '@keepfit/fit/testing';
import { gpuTest } from '../../backend-webgl/test/helpers/gpu-test.js';

backendConformance({
  test: gpuTest,
  backend: () => webgpuBackend({ software: true }),
  stock: () => import('@tensorflow/tfjs-backend-webgpu'),
});
