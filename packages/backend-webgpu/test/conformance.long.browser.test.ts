import { webgpuBackend } from '@keepfit/backend-webgpu';
import { backendConformance } from '@keepfit/fit/testing';
import { longGpuTest } from '../../backend-webgl/test/helpers/gpu-test.js';

backendConformance({
  test: longGpuTest,
  backend: () => webgpuBackend({ software: true }),
  stock: () => import('@tensorflow/tfjs-backend-webgpu'),
});
