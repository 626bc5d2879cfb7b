import { writeSync } from 'node:fs';
import { fsStore } from '../../src/index.js';

/** A trainer with a blocked event loop: it takes the lock, prints that, and then runs nothing more, not even a timer. */
const [dir = ''] = process.argv.slice(2);
await fsStore(dir).lock?.('backup');
writeSync(1, 'held\n');
Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
