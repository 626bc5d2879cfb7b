import { wasmBackend } from '@keepfit/backend-wasm';
import { testReplayedZoo } from '../../layers/test/equivalence/replayed-zoo-tests.js';

testReplayedZoo(() => wasmBackend(), ['two inputs, two outputs, shared layers', 'mlp']);
