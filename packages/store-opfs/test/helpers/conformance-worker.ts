import { storeConformance } from '@keepfit/callbacks/testing';
import { newStore } from './new-store.js';

/**
 * Runs the conformance tests in a worker: posts their names, then runs the requested ones and posts their
 * errors.
 */
const tests = new Map<string, () => Promise<void>>();

storeConformance({
  test: (name, run) => tests.set(name, run),
  make: newStore,
  supports: { durable: false, fencing: true, locking: true },
});

globalThis.onmessage = async ({ data: name }: MessageEvent<string>) => {
  const outcome = await tests
    .get(name)?.()
    .then(
      () => '',
      (error: unknown) => String(error),
    );
  postMessage(outcome);
};
postMessage([...tests.keys()]);
