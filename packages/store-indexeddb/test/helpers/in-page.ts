import type { CheckpointStore, StoreLock } from '@keepfit/callbacks/store';
import { storeConformance } from '@keepfit/callbacks/testing';
import { opfsStore } from '../../../store-opfs/src/index.js';
import { indexedDBStore } from '../../src/index.js';
import { fileNamesIn } from '../../../store-opfs/test/helpers/file-names-in.js';
import { newSubject as newOpfsSubject } from '../../../store-opfs/test/helpers/new-subject.js';
import { newSubject } from './new-subject.js';
import { rawPieces } from './raw-database.js';

/**
 * The functions of a page, `inPage`, for tests that drive a browser. The address says which store it uses.
 * All bytes of checkpoint number n are n, and it has n bytes more than requested.
 */
const CHUNK = 2 ** 20;
const isOpfs = new URLSearchParams(location.search).get('store') === 'opfs';
const newStore = (name: string): CheckpointStore =>
  isOpfs ? opfsStore(`runs/${name}`) : indexedDBStore(name);
const store = newStore('digits');
let held: StoreLock | undefined;

const inPage = {
  /**
   * Stores one checkpoint, tells `reached` before each chunk, and gives '', or the message of the failure.
   */
  set: (number: number, byteLength: number) =>
    messageOf(store.set('backup', createContent(number, byteLength + number))),

  /** Stores one checkpoint after the other, and tells `acknowledged` of each. */
  async setForEver(first: number, byteLength: number) {
    let version = (await store.get('backup'))?.version ?? null;
    for (let number = first; ; number++) {
      version = await store.set('backup', createContent(number, byteLength + number), { replaces: version });
      await tell('acknowledged', number);
    }
  },

  /** The number of the checkpoint, NaN for one that is not whole, and -1 for none. */
  async number(byteLength: number) {
    const found = await store.get('backup');
    if (found === undefined) return -1;
    const number = found.bytes.length - byteLength;
    return found.bytes.every((byte) => byte === number % 256) ? number : Number.NaN;
  },

  lock: () => messageOf(Promise.resolve(store.lock?.('backup')).then((lock) => void (held = lock))),
  release: () => held?.release(),

  /** How many files or pieces the store has. */
  async parts() {
    return isOpfs ? (await fileNamesIn('runs/digits')).length : (await rawPieces('digits')).places.length;
  },

  /** The number of passed conformance tests, and the failures; null until they have ended. */
  outcome: null as null | { passed: number; failures: string[] },

  /** The conformance test that runs. */
  running: '',

  /** Begins to run the tests of the conformance kit whose names match. */
  begin: (pattern: string) => void inPage.conform(new RegExp(pattern)),

  async conform(pattern: RegExp) {
    const tests: [string, () => Promise<void>][] = [];
    const supports = { ...store.supports };
    storeConformance({
      test: (name, run) => pattern.test(name) && tests.push([name, run]),
      make: isOpfs ? newOpfsSubject : newSubject,
      supports,
      manyKeys: 20,
    });
    const failures: string[] = [];
    for (const [name, run] of tests) {
      inPage.running = name;
      await run().catch((error: unknown) => failures.push(`${name}: ${String(error)}`));
    }
    inPage.outcome = { passed: tests.length - failures.length, failures };
  },

  /** The milliseconds of a set and a get, and the longest block of the page. */
  async measure(byteLength: number) {
    const bytes = new Uint8Array(byteLength).fill(1);
    const content = { byteLength, chunks: chunksOf(bytes, 4 * CHUNK) };
    const put = await watched(() => store.set('backup', content));
    const get = await watched(() => store.get('backup'));
    return { put: put.time, putBlock: put.block, get: get.time, getBlock: get.block };
  },
};

Object.assign(globalThis, { inPage });

function createContent(number: number, byteLength: number) {
  async function* chunks(): AsyncGenerator<Uint8Array> {
    const chunk = new Uint8Array(CHUNK).fill(number);
    for (let at = 0; at < byteLength; at += CHUNK) {
      await tell('reached', number, at / CHUNK);
      yield chunk.subarray(0, byteLength - at);
    }
  }
  return { byteLength, chunks: chunks() };
}

async function* chunksOf(bytes: Uint8Array, length: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}

/** Calls the function that the test exposed to the page under this name, if there is one. */
async function tell(name: string, ...values: number[]): Promise<void> {
  await (globalThis as unknown as Record<string, ((...given: number[]) => Promise<void>) | undefined>)[
    name
  ]?.(...values);
}

async function messageOf(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => '',
    (error: unknown) => (error as Error).message,
  );
}

/** The time of an action, and the longest interval between two turns of the event loop meanwhile. */
async function watched(action: () => Promise<unknown>): Promise<{ time: number; block: number }> {
  const { port1, port2 } = new MessageChannel();
  let [block, last, running] = [0, performance.now(), true];
  port1.onmessage = () => {
    const now = performance.now();
    [block, last] = [Math.max(block, now - last), now];
    if (running) port2.postMessage(0);
  };
  port2.postMessage(0);
  const begin = performance.now();
  await action();
  const time = performance.now() - begin;
  running = false;
  port1.close();
  return { time, block };
}
