import { useBackend } from '@keepfit/fit';
import { beforeAll } from 'vitest';
import { testFusedGradients } from '../../js-kernels/test/helpers/test-fused-gradients.js';
import { wasmBackend } from '../src/index.js';

beforeAll(() => useBackend(wasmBackend()));

testFusedGradients();
