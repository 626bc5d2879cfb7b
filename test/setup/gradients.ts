// Registers tfjs' gradients for the tests that train, from tfjs-layers' CommonJS build: the table itself is published only as modules for
// bundlers, whose transform takes seconds in each test file.
import { expect } from 'vitest';

const { testPath = '' } = expect.getState();
const trains = !/[\\/]packages[\\/](callbacks|store-)/.test(testPath);
if (trains) await import('@tensorflow/tfjs-layers');
