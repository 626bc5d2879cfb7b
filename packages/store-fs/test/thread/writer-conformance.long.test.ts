import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { storeConformance, type StoreUnderTest } from '@keepfit/callbacks/testing';
import { afterEach, test } from 'vitest';
import { fsStore } from '../../src/index.js';

const folders: string[] = [];

afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'keepfit-writer-'));
  folders.push(folder);
  return folder;
}

storeConformance({
  test: (name, run) => test(`while a lock is held: ${name}`, run),
  make: async (): Promise<StoreUnderTest> => {
    const folder = join(await newFolder(), 'backup');
    const reopen = async () => {
      const store = fsStore(folder);
      await store.lock?.(`lock-${crypto.randomUUID()}`);
      return store;
    };
    return { store: await reopen(), reopen };
  },
  supports: fsStore('.').supports,
});
