import { useBackend } from '@keepfit/fit';
import { afterAll, beforeAll, describe, vi } from 'vitest';
import { testUpdates } from '../../js-kernels/test/helpers/test-updates.js';
import { cpuBackend } from '../src/index.js';

beforeAll(() => useBackend(cpuBackend()));

describe('in WebAssembly', () => testUpdates());

describe('in an engine without WebAssembly', () => {
  beforeAll(() => void vi.stubGlobal('WebAssembly', undefined));
  afterAll(() => void vi.unstubAllGlobals());
  // Programs that WebAssembly has compiled stay compiled.
  testUpdates(99);
});
