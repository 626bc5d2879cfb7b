import { wasmBackend } from '@keepfit/backend-wasm';
import { backendConformance } from '@keepfit/fit/testing';
import { test } from 'vitest';

backendConformance({
  test,
  backend: () => wasmBackend(),
  stock: () => import('@tensorflow/tfjs-backend-wasm'),
});
