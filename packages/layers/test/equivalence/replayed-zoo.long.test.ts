import { cpuBackend } from '@keepfit/backend-cpu';
import { sample } from '../../../../test/setup/sample.js';
import { testReplayedZoo } from './replayed-zoo-tests.js';
import { zoo } from './zoo.js';

// The wasm backend replays the others.
testReplayedZoo(() => cpuBackend(), sample(Object.keys(zoo), 2));
