// Registers tfjs' gradients for the tests that train, from tfjs-layers' CommonJS build: the table itself is
// published only as modules for bundlers, whose transform takes seconds in each test file.
import { afterAll, expect } from 'vitest';

const { testPath = '' } = expect.getState();
const trains = !/[\\/]packages[\\/](callbacks|store-)/.test(testPath);
if (trains) {
  await import('@tensorflow/tfjs-layers');
  const { engine, getKernelsForBackend } = await import('@tensorflow/tfjs-core');
  // The next file of this process finds tfjs' own kernels in their places: `useBackend` keeps there what it
  // has started.
  afterAll(() => {
    const running = engine() as unknown as Record<symbol, { backend: { stop(): void } } | undefined>;
    const started = Symbol.for('keepfit.started');
    running[started]?.backend.stop();
    delete running[started];
    const left = getKernelsForBackend('cpu').filter(({ kernelName }) => kernelName.startsWith('Keepfit'));
    if (left.length > 0) throw new Error('this file has left kernels of keepfit in the cpu backend of tfjs');
  });
}
