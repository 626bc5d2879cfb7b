import { cpuBackend } from '@keepfit/backend-cpu';
import { testReplayedZoo } from './replayed-zoo-tests.js';

testReplayedZoo(() => cpuBackend());
