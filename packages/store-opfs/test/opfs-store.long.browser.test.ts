import { createContent, storeConformance } from '@keepfit/callbacks/testing';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { sampleTests, triesAll } from '../../../test/setup/sample.js';
import { fileNamesIn } from './helpers/file-names-in.js';
import { newSubject } from './helpers/new-subject.js';
import { testInWorker } from './helpers/test-in-worker.js';

const supports = { durable: false, fencing: true, locking: true };
/** What depends on how a file is written, and not on the page. */
const WRITES = /^(supports|bytes|replace|fencing|delete|corruption): /;
const testWrites = sampleTests((name, run) => WRITES.test(name) && test(name, run), 2);
/** What differs if the old file is written over. */
const testReplacing = (name: string, run: () => Promise<void>): void =>
  void ((triesAll ? WRITES : /^replace: /).test(name) && test(name, run));
const made: (() => void | Promise<void>)[] = [];

function make() {
  const subject = newSubject();
  if (subject.cleanup !== undefined) made.push(subject.cleanup);
  return subject;
}

afterEach(async () => {
  vi.unstubAllGlobals();
  for (const cleanup of made.splice(0)) await cleanup();
});

/** What `npm test` does not run. A page and a worker share it, because the same program writes for both. */
const isLeft = (name: string): boolean => !/^(supports|bytes|fencing): /.test(name);
const isForPage = (name: string): boolean => name.length % 2 === 0;

describe('in a page, by a worker', () => {
  const testLeft = (name: string, run: () => Promise<void>): void =>
    void (isLeft(name) && (triesAll || isForPage(name)) && test(name, run));

  storeConformance({ test: testLeft, make, supports, manyKeys: 20 });
});

await testInWorker((name) => isLeft(name) && (triesAll || !isForPage(name)));

describe('in a page that gets no worker, by createWritable', () => {
  beforeEach(() => vi.stubGlobal('Worker', refused));

  storeConformance({ test: testWrites, make, supports, manyKeys: 20 });
});

describe('in a page without move, by createWritable over the old file', () => {
  const { prototype } = FileSystemFileHandle as unknown as { prototype: { move?: unknown } };
  const { move } = prototype;
  beforeEach(() => {
    delete prototype.move;
    return () => (prototype.move = move);
  });

  storeConformance({ test: testReplacing, make, supports, manyKeys: 20 });

  test('leaves no temp file', async () => {
    const { store, dir } = make();
    for (const seed of [1, 2]) await store.set('backup', createContent(Uint8Array.of(seed)));
    expect(await fileNamesIn(dir)).toEqual(['backup.checkpoint']);
  });
});

function refused(): never {
  throw new DOMException('refused by the policy', 'SecurityError');
}
