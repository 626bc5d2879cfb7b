import { describe, expect, test } from 'vitest';
import type { TestNames, TestOutcome } from './conformance-worker.js';

/** Registers the tests of the conformance kit with these names. They run in a dedicated worker. */
export async function testInWorker(isWanted: (name: string) => boolean): Promise<void> {
  const worker = new Worker(new URL('./conformance-worker.ts', import.meta.url), { type: 'module' });
  const { names, skipped } = await answer<TestNames>(worker);
  describe('in a dedicated worker, by its own sync handles', () => {
    for (const name of skipped.filter(isWanted)) test.skip(name);
    for (const name of names.filter(isWanted)) {
      test(name, async ({ skip }) => {
        worker.postMessage(name, []);
        const outcome = await answer<TestOutcome>(worker);
        skip(outcome.skipped !== undefined, outcome.skipped);
        expect(outcome.failure).toBeUndefined();
      });
    }
  });
}

function answer<Data>(worker: Worker): Promise<Data> {
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<Data>) => resolve(data);
    worker.onerror = ({ message }) => reject(new Error(`the worker failed: ${message}`));
  });
}
