import { cpuBackend } from '@keepfit/backend-cpu';
import { backendConformance } from '@keepfit/fit/testing';
import { test } from 'vitest';

backendConformance({
  test,
  backend: () => cpuBackend(),
  stock: () => import('@tensorflow/tfjs-backend-cpu'),
});
