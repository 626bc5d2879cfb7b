import { createContent } from '@keepfit/callbacks/testing';
import { expect, test } from 'vitest';
import { opfsStore } from '../src/index.js';

test('where there are no private files, as in Node, it can be made and every call says what is missing', async () => {
  const store = opfsStore('runs/digits');
  const message = /^KEEPFIT_STORE_FAILED: .*only https and localhost have one; .*in Node use fsStore$/;
  await expect(store.get('backup')).rejects.toThrow(message);
  await expect(store.set('backup', createContent(Uint8Array.of(1)))).rejects.toThrow(message);
  await expect(store.delete('backup')).rejects.toThrow(message);
  await expect(store.keys()).rejects.toThrow(message);
  await expect(store.lock?.('backup')).rejects.toThrow(message);
});

test.each([undefined, '', 3, '/runs', 'runs/', 'runs//digits', '..', 'runs/../digits', '.', 'runs\\digits'])(
  '%j is no folder',
  (dir) => {
    expect(() => opfsStore(dir as string)).toThrow(/^KEEPFIT_INVALID_OPTION: dir of opfsStore/);
  },
);
