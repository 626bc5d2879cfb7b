import { storeConformance } from '@keepfit/callbacks/testing';
import { newSubject } from './new-subject.js';

/**
 * Runs the conformance tests in a worker: posts their names and those of the skipped ones, then runs the
 * requested ones and posts their errors.
 */
const tests = new Map<string, (context: { skip(reason: string): void }) => Promise<void>>();
const skipped: string[] = [];

storeConformance({
  test: (name, run) => tests.set(name, run),
  skip: (name) => skipped.push(name),
  make: newSubject,
  supports: { durable: false, fencing: true, locking: true },
  manyKeys: 20,
});

globalThis.onmessage = async ({ data: name }: MessageEvent<string>) => {
  const outcome: TestOutcome = {};
  const context = { skip: (reason: string) => void (outcome.skipped = reason) };
  await tests
    .get(name)?.(context)
    .catch((error: unknown) => (outcome.failure = String(error)));
  postMessage(outcome);
};
postMessage({ names: [...tests.keys()], skipped } satisfies TestNames);

export interface TestNames {
  readonly names: readonly string[];
  readonly skipped: readonly string[];
}

export interface TestOutcome {
  failure?: string;
  /** Why the test skipped itself. */
  skipped?: string;
}
