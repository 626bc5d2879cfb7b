import type { StoreUnderTest } from '@keepfit/callbacks/testing';
import { newStore } from './new-store.js';

/** A store in a new folder with the hooks of the conformance kit. */
export function newSubject(): ReturnType<typeof newStore> & StoreUnderTest {
  const made = newStore();
  return {
    ...made,
    wipe: () => made.cleanup?.(),
    loseLock: (key) =>
      navigator.locks.request(`keepfit:opfs:${made.dir}:${key}`, { steal: true }, () => undefined),
  };
}
