import { createContent } from '@keepfit/callbacks/testing';
import { expect, test } from 'vitest';
import { fsStore } from '../../src/index.js';
import { memoryFs } from '../helpers/memory-fs.js';
import { watchedFs } from '../helpers/watched-fs.js';

const FINAL = '/runs/backup.safetensors';
const conflict = { code: 'KEEPFIT_STORE_CONFLICT' };

test('a delete removes the version it names, and no other', async () => {
  const { fs, volume } = memoryFs({ [FINAL]: 'old' });
  const store = fsStore('/runs', { fs });
  const { version } = (await store.get('backup'))!;
  for (const replaces of [null, 'x', `${version}0`])
    await expect(store.delete('backup', { replaces })).rejects.toMatchObject(conflict);
  expect(volume.readFileSync(FINAL, 'utf8')).toBe('old');
  await store.delete('backup', { replaces: version });
  expect(volume.existsSync(FINAL)).toBe(false);
  await store.delete('backup', { replaces: null });
  // Nothing is stored, so nothing is left to do.
  await store.delete('backup', { replaces: version });
});

test('the condition of a delete is checked directly before the unlink', async () => {
  const { fs } = memoryFs({ [FINAL]: 'old' });
  const operations: string[] = [];
  const store = fsStore('/runs', { fs: watchedFs(fs, ({ name }) => void operations.push(name)) });
  const { version } = (await store.get('backup'))!;
  operations.length = 0;
  await store.delete('backup', { replaces: version });
  const check = ['lstat', 'lstat', 'open', 'stat', 'read', 'close'];
  expect(operations).toEqual([...check, 'unlink', 'open', 'sync', 'close']);
});

test('of a set and a delete of one version, one succeeds', async () => {
  const { fs, volume } = memoryFs({ [FINAL]: 'old' });
  const store = fsStore('/runs', { fs });
  const { version } = (await store.get('backup'))!;
  const condition = { replaces: version };
  const [set, deleted] = await Promise.allSettled([
    store.set('backup', createContent(Buffer.from('new')), condition),
    store.delete('backup', condition),
  ]);
  expect([set.status, deleted.status].sort()).toEqual(['fulfilled', 'rejected']);
  expect(volume.existsSync(FINAL)).toBe(set.status === 'fulfilled');
});

test('the name is the call that a user writes', () => {
  expect(fsStore('runs/digits').name).toBe('fsStore("runs/digits")');
  expect(fsStore('C:\\runs').name).toBe(String.raw`fsStore("C:\\runs")`);
});
