import { writeSync } from 'node:fs';
import * as nodeFs from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { StoreLock } from '@keepfit/callbacks/store';
import { type FileSystem, fsStore } from '../../src/index.js';
import { fsFault } from './watched-fs.js';

/**
 * A trainer that tries for a lock when it is told to: "try" answers with `held` or the code of the error, and
 * "release" with `free`. The second argument `no-links` gives it a file system without hard links.
 */
const [dir = '', kind] = process.argv.slice(2);
const linkless = {
  ...nodeFs,
  link: async () => {
    throw fsFault('EPERM');
  },
} as unknown as FileSystem;
const store = kind === 'no-links' ? fsStore(dir, { fs: linkless }) : fsStore(dir);
let lock: StoreLock | undefined;

writeSync(1, 'ready\n');
for await (const line of createInterface({ input: process.stdin })) {
  let answer = 'free';
  try {
    if (line === 'try') {
      lock = await store.lock?.('backup');
      answer = 'held';
    } else {
      await lock?.release();
    }
  } catch (error) {
    answer = String((error as { code?: unknown }).code ?? error);
  }
  writeSync(1, `${answer}\n`);
}
