import { cpuBackend } from '@keepfit/backend-cpu';
import { testReplayedZoo } from './replayed-zoo-tests.js';

testReplayedZoo(
  () => cpuBackend(),
  ['convnet with batch norm, dropout and noise', 'regularizers and constraints'],
);
