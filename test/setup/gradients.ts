// Registers tfjs' gradients for the tests that train, from tfjs-layers' CommonJS build: the table itself is
// published only as modules for bundlers, whose transform takes seconds in each test file.
import { afterAll, expect } from 'vitest';

const { testPath = '' } = expect.getState();
const trains = !/[\\/]packages[\\/](callbacks|store-)/.test(testPath);
if (trains) {
  await import('@tensorflow/tfjs-layers');
  const { engine } = await import('@tensorflow/tfjs-core');
  // The next file of this process finds tfjs' own kernels in their places: `useBackend` keeps there what it
  // has started.
  afterAll(() => {
    const running = engine() as unknown as Record<symbol, { stop(): void } | undefined>;
    const started = Symbol.for('keepfit.backend');
    running[started]?.stop();
    delete running[started];
  });
}
