import { writeSync } from 'node:fs';
import * as nodeFs from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { CheckpointStore, StoreLock } from '@keepfit/callbacks/store';
import { type FileSystem, fsStore } from '../../src/index.js';
import { fsFault } from './watched-fs.js';

/**
 * A trainer that tries for locks when it is told to: "try x" tries in the folder x and answers with `x held`
 * or `x` and the code of the error, and "release x" with `x free`. The second argument `no-links` gives it a
 * file system without hard links. It works in several folders at once.
 */
const [dir = '', kind] = process.argv.slice(2);
const linkless = {
  ...nodeFs,
  link: async () => {
    throw fsFault('EPERM');
  },
} as unknown as FileSystem;
const stores = new Map<string, CheckpointStore>();
const locks = new Map<string, StoreLock>();

function open(name: string): CheckpointStore {
  const path = join(dir, name);
  const store = stores.get(name) ?? (kind === 'no-links' ? fsStore(path, { fs: linkless }) : fsStore(path));
  stores.set(name, store);
  return store;
}

async function obey(request: string, name: string): Promise<string> {
  try {
    if (request !== 'try') {
      await locks.get(name)?.release();
      return 'free';
    }
    const lock = await open(name).lock?.('backup');
    if (lock !== undefined) locks.set(name, lock);
    return 'held';
  } catch (error) {
    return String((error as { code?: unknown }).code ?? error);
  }
}

writeSync(1, 'ready\n');
for await (const line of createInterface({ input: process.stdin })) {
  const [request = '', name = ''] = line.split(' ');
  void obey(request, name).then((answer) => writeSync(1, `${name} ${answer}\n`));
}
