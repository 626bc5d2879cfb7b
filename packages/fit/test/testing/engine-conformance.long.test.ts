import { cpuBackend } from '@keepfit/backend-cpu';
import { useBackend } from '@keepfit/fit';
import { afterEach, beforeAll } from 'vitest';
import { leftTimers } from './broken-engines.js';
import { testBrokenEngines } from './run-engine-kit.js';

beforeAll(() => useBackend(cpuBackend()));

afterEach(() => leftTimers.splice(0).forEach(clearInterval));

testBrokenEngines();
