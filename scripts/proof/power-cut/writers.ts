import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { CheckpointStore } from '../../../packages/callbacks/src/index.ts';
import { createContent } from '../../../packages/callbacks/src/testing/index.ts';
import { fsStore } from '../../../packages/store-fs/src/index.ts';
import type { Writer } from './writer.js';

const KEY = 'backup';
/** The others are dependencies of the benchmarks, not of keepfit. */
const bench = createRequire(new URL('../../../bench/package.json', import.meta.url));

/** keepfit's own writers, then the usual packages, then Node alone. */
export const WRITERS: readonly Writer[] = [
  createOwnWriter('fsStore', 'temp file, fsync, rename, fsync of the folder', async (folder, use) => {
    const store = fsStore(folder);
    // As in a training: while the lock is held, a thread writes.
    const lock = await store.lock?.(KEY);
    try {
      await use(store);
    } finally {
      await lock?.release();
    }
  }),
  createOwnWriter('fsStore, no lock', 'the same, in the main thread', async (folder, use) =>
    use(fsStore(folder)),
  ),
  createPlainWriter(
    `write-file-atomic ${getVersion('write-file-atomic')}`,
    'temp file, fsync, rename',
    async (path, bytes) => {
      const writeFileAtomic = bench('write-file-atomic') as (path: string, data: Uint8Array) => Promise<void>;
      await writeFileAtomic(path, bytes);
    },
  ),
  createPlainWriter(`steno ${getVersion('steno')}`, 'temp file, rename', async (path, bytes) => {
    const { Writer: Steno } = (await import(pathToFileURL(bench.resolve('steno')).href)) as {
      Writer: new (path: string) => { write(data: Uint8Array): Promise<void> };
    };
    await new Steno(path).write(bytes);
  }),
  createPlainWriter('fs.writeFile', 'writes over the file', (path, bytes) => writeFile(path, bytes)),
];

function createOwnWriter(
  name: string,
  does: string,
  open: (folder: string, use: (store: CheckpointStore) => Promise<void>) => Promise<void>,
): Writer {
  return {
    name,
    does,
    isOwn: true,
    set: (folder, bytes, onStored) =>
      open(folder, async (store) => {
        await store.set(KEY, createContent(bytes, 65_536));
        onStored();
      }),
    delete: (folder, onDeleted) =>
      open(folder, async (store) => {
        await store.delete(KEY);
        onDeleted();
      }),
    get: async (folder) => (await fsStore(folder).get(KEY))?.bytes,
  };
}

function createPlainWriter(
  name: string,
  does: string,
  write: (path: string, bytes: Uint8Array) => Promise<void>,
): Writer {
  const pathIn = (folder: string): string => join(folder, 'backup.bin');
  return {
    name,
    does,
    isOwn: false,
    set: (folder, bytes, onStored) => write(pathIn(folder), bytes).then(onStored),
    async get(folder) {
      try {
        return await readFile(pathIn(folder));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
        throw error;
      }
    },
  };
}

function getVersion(name: string): string {
  // steno exports no package.json, so its entry leads to its folder.
  const entry = bench.resolve(name);
  const folder = entry.slice(0, entry.lastIndexOf(`node_modules/${name}/`) + `node_modules/${name}/`.length);
  return (bench(join(folder, 'package.json')) as { version: string }).version;
}
