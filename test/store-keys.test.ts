import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createContent } from '../packages/callbacks/src/testing/contents.js';
import type { CheckpointStore } from '../packages/callbacks/src/store.js';
import { fsStore } from '../packages/store-fs/src/index.js';
import { indexedDBStore } from '../packages/store-indexeddb/src/index.js';
import { memoryStore } from '../packages/store-memory/src/index.js';
import { opfsStore } from '../packages/store-opfs/src/index.js';

const REFUSED = [
  '',
  '..',
  '../secret',
  'a/../../secret',
  '/etc/passwd',
  'A',
  'a b',
  'a\0',
  '__proto__',
  5,
  null,
];

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'keepfit-keys-'));
  await writeFile(join(root, 'secret.safetensors'), 'mine');
});

afterEach(() => rm(root, { recursive: true, force: true }));

const stores: [string, () => CheckpointStore][] = [
  ['memoryStore', () => memoryStore()],
  ['fsStore', () => fsStore(join(root, 'run'))],
  // In Node these have no place to write to: a key is refused before that matters.
  ['indexedDBStore', () => indexedDBStore('run')],
  ['opfsStore', () => opfsStore('run')],
];

test.each(stores)(
  '%s refuses a key that checkKey refuses, in each method, and touches nothing',
  async (_name, make) => {
    const store = make();
    const refusal = { code: 'KEEPFIT_INVALID_OPTION' };
    for (const key of REFUSED as string[]) {
      await expect(store.get(key), `get ${key}`).rejects.toMatchObject(refusal);
      await expect(store.set(key, createContent(new Uint8Array(3))), `set ${key}`).rejects.toMatchObject(
        refusal,
      );
      await expect(store.delete(key), `delete ${key}`).rejects.toMatchObject(refusal);
      if (store.supports.locking)
        await expect(store.lock?.(key), `lock ${key}`).rejects.toMatchObject(refusal);
    }
    expect(await readdir(root)).toEqual(['secret.safetensors']);
    expect(await readFile(join(root, 'secret.safetensors'), 'utf8')).toBe('mine');
  },
);

test('fsStore lists no file whose name is no key', async () => {
  await writeFile(join(root, 'Foreign.safetensors'), 'not ours');
  expect(await fsStore(root).keys()).toEqual(['secret']);
});
