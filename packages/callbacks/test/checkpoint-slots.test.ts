import { expect, test } from 'vitest';
import { CheckpointSlots } from '../src/checkpoint-slots.js';
import type { StoredCheckpoint } from '../src/checkpoint-store.js';
import { contentOf } from '../src/testing/index.js';
import { plainStore } from './testing/plain-store.js';

const mine = () => contentOf(Uint8Array.of(1, 2, 3));

test('a run that ends leaves the checkpoint of one that took over after its last backup, and says so', async () => {
  const store = plainStore(undefined, new Map<string, StoredCheckpoint>());
  const slots = new CheckpointSlots(store, 'backup', false);
  await slots.load();
  await slots.write(mine());
  const version = await store.set('backup', contentOf(Uint8Array.of(9)));
  await expect(slots.delete()).rejects.toMatchObject({ code: 'KEEPFIT_STORE_CONFLICT', message: expect.stringContaining('"backup"') });
  expect(await store.get('backup')).toEqual({ bytes: Uint8Array.of(9), version });
});

test('a checkpoint that is gone already is no conflict', async () => {
  const store = plainStore();
  const slots = new CheckpointSlots(store, 'backup', true);
  await slots.load();
  await slots.write(mine());
  await store.delete('backup');
  await slots.delete();
  expect(await store.keys()).toEqual([]);
});
