import { webglBackend } from '@keepfit/backend-webgl';
import { backendConformance } from '@keepfit/fit/testing';
import { gpuTest } from './helpers/gpu-test.js';

backendConformance({
  test: gpuTest,
  backend: () => webglBackend({ software: true }),
  stock: () => import('@tensorflow/tfjs-backend-webgl'),
});
