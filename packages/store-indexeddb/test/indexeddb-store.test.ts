import { createContent } from '@keepfit/callbacks/testing';
import { expect, test } from 'vitest';
import { indexedDBStore } from '../src/index.js';

test('where there is no IndexedDB, as in Node, it can be made and every call says what is missing', async () => {
  const store = indexedDBStore('digits');
  const message = /^KEEPFIT_STORE_FAILED: .*only browsers have IndexedDB; .*in Node use fsStore$/;
  await expect(store.get('backup')).rejects.toThrow(message);
  await expect(store.set('backup', createContent(Uint8Array.of(1)))).rejects.toThrow(message);
  await expect(store.delete('backup')).rejects.toThrow(message);
  await expect(store.keys()).rejects.toThrow(message);
});

test.each([undefined, '', 3, null])('%j is no name of a database', (name) => {
  expect(() => indexedDBStore(name as string)).toThrow(/^KEEPFIT_INVALID_OPTION: name of indexedDBStore/);
});
