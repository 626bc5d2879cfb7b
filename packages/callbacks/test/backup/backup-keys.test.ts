import { expect, test } from 'vitest';
import { BackupKeys } from '../../src/backup/backup-keys.js';
import type { StoredCheckpoint } from '../../src/contract/checkpoint-store.js';
import { createCheckedStore } from '../../src/storage/checked-store.js';
import { createContent } from '../../src/testing/index.js';
import { writeCheckpointNaively } from '../format/naive-file.js';
import { plainStore } from '../testing/plain-store.js';

const mine = () => createContent(Uint8Array.of(1, 2, 3));

test('a run that ends leaves the checkpoint of one that took over after its last backup, and says so', async () => {
  const store = createCheckedStore(plainStore(undefined, new Map<string, StoredCheckpoint>()));
  const slots = new BackupKeys(store, 'backup', false);
  await slots.load();
  await slots.write(mine());
  const version = await store.set('backup', createContent(Uint8Array.of(9)));
  await expect(slots.delete()).rejects.toMatchObject({
    code: 'KEEPFIT_STORE_CONFLICT',
    message: expect.stringContaining('"backup"'),
  });
  expect(await store.get('backup')).toEqual({ bytes: Uint8Array.of(9), version });
});

test('a checkpoint that is gone already is no conflict', async () => {
  const store = plainStore();
  const slots = new BackupKeys(store, 'backup', true);
  await slots.load();
  await slots.write(mine());
  await store.delete('backup');
  await slots.delete();
  expect(await store.keys()).toEqual([]);
});

test('where a newer keepfit wrote what there is, the error says to update, also of two and where the other is damaged', async () => {
  const newer = () => createContent(writeCheckpointNaively('{"format":2}'));
  for (const second of [undefined, newer(), mine()]) {
    const store = plainStore();
    await store.set('backup', newer());
    if (second !== undefined) await store.set('backup.2', second);
    await expect(new BackupKeys(store, 'backup', true).load()).rejects.toMatchObject({
      code: 'KEEPFIT_CHECKPOINT_VERSION',
    });
  }
});
