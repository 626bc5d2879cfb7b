import { webglBackend } from '@keepfit/backend-webgl';
import { backendConformance } from '@keepfit/fit/testing';
import { longGpuTest } from './helpers/gpu-test.js';

backendConformance({
  test: longGpuTest,
  backend: () => webglBackend({ software: true }),
  stock: () => import('@tensorflow/tfjs-backend-webgl'),
});
