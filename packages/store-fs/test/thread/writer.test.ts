import { readFileSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { decodeCheckpoint, encodeCheckpoint } from '@keepfit/callbacks/checkpoint';
import { contentOf, storeConformance, type StoreUnderTest } from '@keepfit/callbacks/testing';
import { afterEach, expect, test, vi } from 'vitest';
import { fsStore } from '../../src/index.js';
import { writerThread } from '../../src/thread/writer-thread.js';

const folders: string[] = [];
// On Windows this thread writes.
const elsewhere = test.skipIf(process.platform === 'win32');

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

elsewhere('a checkpoint is in place while the event loop stands still', async () => {
  const folder = await newFolder();
  const store = fsStore(folder);
  const lock = await store.lock!('backup');
  const first = await store.set('backup', contentOf(new Uint8Array(1000).fill(1)), { replaces: null });

  const storing = store.set('backup', contentOf(new Uint8Array(2_500_000).fill(2), 1_000_000), {
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
  const storing = store.set('backup', contentOf(new Uint8Array(9_000_000).fill(3), 1_000_000));
  await lock.release();
  const version = await storing;
  expect((await store.get('backup'))?.version).toBe(version);
  expect(await readdir(folder)).toEqual(['backup.safetensors']);
});

test('a folder that was removed while the lock was held is made again', async () => {
  const folder = join(await newFolder(), 'runs', 'backup');
  const store = fsStore(folder);
  const lock = await store.lock!('backup');
  await store.set('backup', contentOf(Uint8Array.of(1)));
  await rm(join(folder, '..'), { recursive: true });
  await store.set('backup', contentOf(Uint8Array.of(2, 3)));
  expect((await store.get('backup'))?.bytes).toEqual(Uint8Array.of(2, 3));
  await lock.release();
});

elsewhere(
  'where the thread cannot run, as when a tool has rewritten its function, the error tells why, and the old checkpoint stays',
  async () => {
    const store = fsStore(await newFolder());
    await store.set('backup', contentOf(Uint8Array.of(1)));
    const lock = await store.lock!('backup');
    const program: { toString(): string } = writerThread;
    vi.spyOn(program, 'toString').mockReturnValueOnce('() => coverage.count()');
    const error = {
      code: 'KEEPFIT_STORE_FAILED',
      message: expect.stringContaining('has ended (coverage is not defined)'),
    };
    await expect(store.set('backup', contentOf(Uint8Array.of(2)))).rejects.toMatchObject({
      ...error,
      cause: expect.any(ReferenceError),
    });
    await lock.release();
    expect((await store.get('backup'))?.bytes).toEqual(Uint8Array.of(1));
  },
);

elsewhere('the thread adds the checksums of the parts, the same as this thread would', async () => {
  const header = { runId: 'a', generation: 1, savedAt: '2026-01-01T00:00:00.000Z', library: '0' };
  // Parts that share a slot, fill several, and end where a slot ends; some are empty.
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
