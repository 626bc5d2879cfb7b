import { writeSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { s3Store } from '../../src/index.js';
import { signedFetch } from './signed-fetch.js';

/** A process that takes the lock, prints "blocked", and is in one long step from then on. */
const [url = '', program = ''] = process.argv.slice(2);
const store = s3Store({ url, fetch: signedFetch, ttl: 300, thread: () => new Worker(program) });
await store.lock?.('backup');
writeSync(1, 'blocked\n');
Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
