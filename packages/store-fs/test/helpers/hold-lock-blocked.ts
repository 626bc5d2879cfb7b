import { writeSync } from 'node:fs';
import { fsStore } from '../../src/index.js';

/** A trainer whose event loop stands still: takes the lock, says so, and then runs nothing any more, no timer either. */
const [dir = ''] = process.argv.slice(2);
await fsStore(dir).lock?.('backup');
writeSync(1, 'held\n');
Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
