import { wasmBackend } from '@keepfit/backend-wasm';
import { sample } from '../../../test/setup/sample.js';
import { testReplayedZoo } from '../../layers/test/equivalence/replayed-zoo-tests.js';
import { zoo } from '../../layers/test/equivalence/zoo.js';

// The cpu backend replays the others.
testReplayedZoo(() => wasmBackend(), sample(Object.keys(zoo), 2, 1));
