import { join } from 'node:path';
import { storeConformance, type StoreUnderTest } from '@keepfit/callbacks/testing';
import { test } from 'vitest';
import { sampleTests, triesAll } from '../../../../test/setup/sample.js';
import { fsStore } from '../../src/index.js';
import { newFolder } from '../helpers/new-folder.js';

storeConformance({
  test: sampleTests((name, run) => test(`while a lock is held: ${name}`, run), 3),
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
  ...(!triesAll && { manyKeys: 100 }),
});
