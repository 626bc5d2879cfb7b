import { readFileSync } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { decodeCheckpoint, encodeCheckpoint } from '@keepfit/callbacks/checkpoint';
import { createContent } from '@keepfit/callbacks/testing';
import { expect, test } from 'vitest';
import { fsStore } from '../../src/index.js';
import { newFolder } from '../helpers/new-folder.js';

// On Windows this thread writes.
const elsewhere = test.skipIf(process.platform === 'win32');

elsewhere('a checkpoint is in place while the event loop stands still', async () => {
  const folder = await newFolder();
  const store = fsStore(folder);
  const lock = await store.lock!('backup');
  const first = await store.set('backup', createContent(new Uint8Array(1000).fill(1)), { replaces: null });

  const storing = store.set('backup', createContent(new Uint8Array(2_500_000).fill(2), 1_000_000), {
    replaces: first,
  });
  await new Promise(setImmediate);
  const deadline = Date.now() + 20_000;
  let length = 0;
  while (length !== 2_500_000 && Date.now() < deadline)
    ({ length } = readFileSync(join(folder, 'backup.safetensors')));

  expect(length).toBe(2_500_000);
  const version = await storing;
  const found = (await store.get('backup'))!;
  expect(found.version).toBe(version);
  // Not by toEqual, which takes seconds for millions of numbers.
  expect(Buffer.from(found.bytes).equals(new Uint8Array(2_500_000).fill(2))).toBe(true);
  await lock.release();
});

test('a set that is under way when the lock is released ends well', async () => {
  const folder = await newFolder();
  const store = fsStore(folder);
  const lock = await store.lock!('backup');
  const storing = store.set('backup', createContent(new Uint8Array(9_000_000).fill(3), 1_000_000));
  await lock.release();
  const version = await storing;
  expect((await store.get('backup'))?.version).toBe(version);
  expect(await readdir(folder)).toEqual(['backup.safetensors']);
});

test('a folder that was removed while the lock was held is made again', async () => {
  const folder = join(await newFolder(), 'runs', 'backup');
  const store = fsStore(folder);
  const lock = await store.lock!('backup');
  await store.set('backup', createContent(Uint8Array.of(1)));
  await rm(join(folder, '..'), { recursive: true });
  await store.set('backup', createContent(Uint8Array.of(2, 3)));
  expect((await store.get('backup'))?.bytes).toEqual(Uint8Array.of(2, 3));
  await lock.release();
});

elsewhere(
  'a checkpoint is replaced again and again, each time on the condition of the version before',
  async () => {
    const store = fsStore(await newFolder());
    const lock = await store.lock!('backup');
    const versions: (string | null)[] = [null];
    for (let round = 0; round < 6; round++) {
      const bytes = new Uint8Array(round * 700_000 + 1).fill(round);
      versions.push(
        await store.set('backup', createContent(bytes, 1_000_000), { replaces: versions.at(-1)! }),
      );
      expect((await store.get('backup'))?.version).toBe(versions.at(-1));
    }
    await lock.release();
    // Without the lock the calling thread writes.
    versions.push(await store.set('backup', createContent(Uint8Array.of(9)), { replaces: versions.at(-1)! }));
    expect(new Set(versions).size).toBe(8);
  },
);

elsewhere('an error tells what failed, with the code and the path of its cause', async () => {
  const folder = await newFolder();
  const store = fsStore(folder);
  const lock = await store.lock!('backup');
  await mkdir(join(folder, 'taken.safetensors'));
  const path = join(folder, 'taken.safetensors');
  await expect(store.set('taken', createContent(Uint8Array.of(1)))).rejects.toMatchObject({
    name: 'KeepfitError',
    code: 'KEEPFIT_STORE_FAILED',
    message: expect.stringMatching(/^KEEPFIT_STORE_FAILED: could not put a new checkpoint at .*EISDIR/),
    cause: { code: 'EISDIR', syscall: 'rename', dest: path },
  });
  await expect(store.set('backup', createContent(Uint8Array.of(1)), { replaces: 'x' })).rejects.toMatchObject(
    {
      code: 'KEEPFIT_STORE_CONFLICT',
    },
  );
  await lock.release();
  expect(await readdir(folder)).toEqual(['taken.safetensors']);
});

elsewhere('the thread adds the checksums of the parts, the same as this thread would', async () => {
  const header = { runId: 'a', generation: 1, savedAt: '2026-01-01T00:00:00.000Z', library: '0' };
  // Parts that share a buffer, fill several, and end at the end of a buffer; some are empty.
  const lengths = [0, 1, 3_000_001, 0, 5, 1024 * 1024, 2 * 1024 * 1024, 70_000, 0];
  const values = lengths.map((length, index) => new Uint8Array(length).fill(index + 1));
  const entries = values.map((bytes, index) => ({
    name: `${index}`,
    dtype: 'uint8' as const,
    shape: [bytes.length],
    read: async () => bytes,
  }));
  const stored = async (hasLock: boolean) => {
    const store = fsStore(await newFolder());
    const lock = hasLock ? await store.lock!('backup') : undefined;
    await store.set(
      'backup',
      encodeCheckpoint({ entries, state: { numbers: Float32Array.of(1, 2) } }, header),
    );
    await lock?.release();
    return (await store.get('backup'))!.bytes;
  };
  const inThread = await stored(true);
  expect(crc32(inThread)).toBe(crc32(await stored(false)));
  const { tensors, state } = decodeCheckpoint(inThread).training;
  expect(state).toEqual({ numbers: Float32Array.of(1, 2) });
  values.forEach((bytes, index) => expect(Buffer.compare(tensors.get(`${index}`)!.bytes, bytes)).toBe(0));
});
