import { beforeEach, expect, test, vi } from 'vitest';
import { exportCheckpoint } from '../../src/backup/export-checkpoint.js';
import { importCheckpoint } from '../../src/backup/import-checkpoint.js';
import type { CheckpointStore } from '../../src/contract/checkpoint-store.js';
import type { StateRecord } from '../../src/contract/state.js';
import { crc32 } from '../../src/format/crc32.js';
import { encodeCheckpoint } from '../../src/format/encode-checkpoint.js';
import { persistStorage, getStorageRoom } from '../../src/storage/site-storage.js';
import { createContent } from '../../src/testing/contents.js';
import { bytesOf, entryOf, header } from '../format/checkpoint-parts.js';
import { mapStore } from '../map-store.js';

let stored: Map<string, Uint8Array>;
let store: CheckpointStore;

beforeEach(() => {
  stored = new Map();
  store = mapStore(stored);
});

test('a checkpoint is exported as its file, and imported into another store byte for byte', async () => {
  const bytes = await checkpoint(1);
  await store.set('digits', createContent(bytes));
  const file = await exportCheckpoint(store, 'digits');
  const other = mapStore();
  await importCheckpoint(other, 'digits', file!);
  expect((await other.get('digits'))?.bytes).toEqual(bytes);
});

test('where there is no checkpoint, nothing is exported', async () => {
  expect(await exportCheckpoint(store, 'backup')).toBeUndefined();
});

test('of two checkpoints the newest whole one is exported, in whichever place', async () => {
  const [older, newer] = [await checkpoint(4), await checkpoint(5)];
  for (const [first, second] of [
    [older, newer],
    [newer, older],
    [newer, damaged(older)],
    [damaged(older), newer],
  ] as const) {
    stored.set('backup', first).set('backup.2', second);
    expect(await bytesIn(await exportCheckpoint(store, 'backup'))).toEqual(newer);
  }
});

test('where none is whole, the export rejects', async () => {
  stored.set('backup', damaged(await checkpoint(1)));
  await expect(exportCheckpoint(store, 'backup')).rejects.toMatchObject({
    code: 'KEEPFIT_CHECKPOINT_CORRUPT',
  });
});

test('the checksums that a store computes while it reads are used, and compared with those in the file', async () => {
  stored.set('backup', await checkpoint(1));
  let isRight = true;
  const asked: number[] = [];
  const reading: CheckpointStore = {
    ...store,
    async get(key) {
      const found = await store.get(key);
      const getChecksum = (from: number, to: number): number => {
        asked.push(to - from);
        return isRight ? crc32(found!.bytes.subarray(from, to)) : 0;
      };
      return found && { ...found, getChecksum };
    },
  };
  expect(await bytesIn(await exportCheckpoint(reading, 'backup'))).toEqual(stored.get('backup'));
  expect(asked).not.toEqual([]);
  isRight = false;
  await expect(exportCheckpoint(reading, 'backup')).rejects.toThrow('does not agree with its checksum');
});

test('an import replaces both of two checkpoints, also by an older one', async () => {
  stored.set('backup', await checkpoint(8)).set('backup.2', await checkpoint(9));
  const bytes = await checkpoint(3);
  await importCheckpoint(store, 'backup', blobOf(bytes));
  expect([...stored]).toEqual([['backup', bytes]]);
});

test('what is no whole checkpoint is refused before anything is replaced', async () => {
  const bytes = await checkpoint(1);
  stored.set('backup', bytes).set('backup.2', bytes);
  for (const file of [blobOf(damaged(bytes)), blobOf(bytes.slice(0, -1)), new Blob([]), new Blob(['{}'])]) {
    await expect(importCheckpoint(store, 'backup', file)).rejects.toMatchObject({
      code: 'KEEPFIT_CHECKPOINT_CORRUPT',
    });
  }
  await expect(importCheckpoint(store, 'backup', bytes as never)).rejects.toMatchObject({
    code: 'KEEPFIT_INVALID_DATA',
  });
  const small = { ...store, supports: { ...store.supports, maxBytes: 3 } };
  await expect(importCheckpoint(small, 'backup', blobOf(bytes))).rejects.toMatchObject({
    code: 'KEEPFIT_STORE_FULL',
  });
  expect([...stored]).toEqual([
    ['backup', bytes],
    ['backup.2', bytes],
  ]);
});

test('weights alone, and the state of another trainer, replace no backup', async () => {
  const bytes = await checkpoint(1);
  stored.set('backup', bytes);
  const file = async (state: StateRecord) =>
    blobOf(await bytesOf(encodeCheckpoint({ entries: [], state }, header)));
  for (const [state, code, message] of [
    [
      { content: 'weights', epoch: 1, batch: null, logs: {} },
      'KEEPFIT_CHECKPOINT_WEIGHTS_ONLY',
      /holds weights alone, as saveWeights and ModelCheckpoint .* with loadWeights/,
    ],
    [
      { progress: { epoch: 1 } },
      'KEEPFIT_CHECKPOINT_CORRUPT',
      /must have the three counts .* no trainer of keepfit wrote it/,
    ],
  ] as const) {
    await expect(importCheckpoint(store, 'backup', await file(state))).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
  }
  expect([...stored]).toEqual([['backup', bytes]]);
});

test('a file of another kind is refused by its first bytes, however large it is', async () => {
  const video = new Blob(['\0\0\0\x20ftypisom and 3 GB more']);
  const whole = vi.spyOn(video, 'arrayBuffer');
  await expect(importCheckpoint(store, 'backup', video)).rejects.toThrow(
    /this is not a checkpoint of keepfit: it begins with .* ftyp"/,
  );
  expect(whole).not.toHaveBeenCalled();
});

test('an import takes the lock and gives it back, and a backup in use stays', async () => {
  const bytes = await checkpoint(1);
  const events: string[] = [];
  const locking = {
    ...store,
    lock: async () => ({
      release: async () => void events.push(`release after ${[...stored.keys()].join()}`),
    }),
  };
  await importCheckpoint(locking, 'backup', blobOf(bytes));
  expect(events).toEqual(['release after backup']);
  const inUse = { ...mapStore(stored), lock: () => Promise.reject(new Error('in use')) };
  await expect(importCheckpoint(inUse, 'backup', blobOf(await checkpoint(2)))).rejects.toThrow('in use');
  expect(stored.get('backup')).toEqual(bytes);
});

test('where the platform keeps no data of sites, as Node, no room is told and nothing is made persistent', async () => {
  expect(await getStorageRoom()).toBeUndefined();
  expect(await persistStorage()).toBe(false);
});

function checkpoint(generation: number): Promise<Uint8Array> {
  const entries = [entryOf('weight', Float32Array.of(generation, 2, 3), 'float32')];
  const progress = { epoch: 0, batch: generation, step: generation };
  return bytesOf(encodeCheckpoint({ entries, state: { progress } }, { ...header, generation }));
}

function damaged(bytes: Uint8Array): Uint8Array {
  const copy = bytes.slice();
  copy[copy.length - 20] = (copy[copy.length - 20] ?? 0) ^ 1;
  return copy;
}

function blobOf(bytes: Uint8Array): Blob {
  return new Blob([bytes as Uint8Array<ArrayBuffer>]);
}

async function bytesIn(file: Blob | undefined): Promise<Uint8Array | undefined> {
  return file && new Uint8Array(await file.arrayBuffer());
}
