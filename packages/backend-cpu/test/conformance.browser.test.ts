import { cpuBackend } from '@keepfit/backend-cpu';
import { backendConformance } from '@keepfit/fit/testing';
import { test } from 'vitest';
import { sampleTests } from '../../../test/setup/sample.js';

// Node runs all of it, on the same JavaScript.
backendConformance({
  test: sampleTests(test, 4),
  backend: () => cpuBackend(),
  stock: () => import('@tensorflow/tfjs-backend-cpu'),
});
