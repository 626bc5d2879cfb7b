import { parentPort, workerData } from 'node:worker_threads';
import { fsStore } from '../../src/index.js';

/** A trainer in a worker thread: it takes the lock, says so, and waits to be terminated. */
await fsStore(String(workerData)).lock?.('backup');
parentPort?.on('message', () => undefined);
parentPort?.postMessage('held');
