import { nodeBackend } from '@keepfit/backend-node';
import { backendConformance } from '@keepfit/fit/testing';
import { test } from 'vitest';

backendConformance({
  test,
  backend: () => nodeBackend(),
  stock: () => import('@tensorflow/tfjs-node'),
});
