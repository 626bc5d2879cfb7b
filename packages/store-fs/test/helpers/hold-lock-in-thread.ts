import * as nodeFs from 'node:fs/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { createContent } from '@keepfit/callbacks/testing';
import { fsStore } from '../../src/index.js';

/** What the thread gets as its `workerData`. */
export interface HoldInThread {
  readonly folder: string;
  readonly key: string;
  /** Whether the store gets its file system as an option, so that it has neither sockets nor a writer thread. */
  readonly isGivenFs: boolean;
}

/** How the thread can be told to go on; otherwise it waits to be terminated. */
export type ThreadOrder = 'exit' | 'throw' | 'return' | 'write';

/** A trainer in a worker thread: it takes the lock, says `held` or the message of the error, and waits. */
const { folder, key, isGivenFs } = workerData as HoldInThread;
const store = fsStore(folder, isGivenFs ? { fs: nodeFs } : {});
parentPort?.on('message', (order: ThreadOrder) => {
  if (order === 'exit') process.exit(3);
  if (order === 'throw') throw new Error('by this test');
  if (order === 'return') parentPort?.close();
  if (order === 'write') void writeForEver();
});
const outcome = await store.lock?.(key).then(
  () => 'held',
  (error: unknown) => (error as Error).message,
);
parentPort?.postMessage(outcome);

async function writeForEver(): Promise<void> {
  const content = createContent(new Uint8Array(2_000_000));
  for (
    let version = await store.set(key, content);
    ;
    version = await store.set(key, content, { replaces: version })
  )
    parentPort?.postMessage('wrote');
}
