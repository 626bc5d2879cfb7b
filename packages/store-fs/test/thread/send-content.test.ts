import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeCheckpoint, encodeCheckpoint } from '@keepfit/callbacks/checkpoint';
import type { CheckpointContent, CheckpointParts, PartReader } from '@keepfit/callbacks/store';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { fsStore } from '../../src/index.js';

// On Windows the calling thread writes, from the chunks.
const elsewhere = test.skipIf(process.platform === 'win32');

let folder = '';
let warn = vi.spyOn(console, 'warn');

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keepfit-content-'));
  warn = vi.spyOn(console, 'warn').mockReturnValue();
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(folder, { recursive: true, force: true });
});

function encode(): CheckpointContent {
  const bytes = new Uint8Array(2_500_000).fill(7);
  const entry = { name: 'a', dtype: 'uint8' as const, shape: [bytes.length], read: async () => bytes };
  const header = { runId: 'a', generation: 1, savedAt: '2026-01-01T00:00:00.000Z', library: '0' };
  return encodeCheckpoint({ entries: [entry], state: { step: 4 } }, header);
}

/** The content with other parts. */
function withParts(content: CheckpointContent, parts: Partial<CheckpointParts>): CheckpointContent {
  return { ...content, parts: { ...content.parts!, ...parts } };
}

const readStep = (bytes: Uint8Array) => decodeCheckpoint(bytes).training.state['step'];

test('one content can be stored again, and in two stores at once', async () => {
  const stores = ['a', 'b'].map((name) => fsStore(join(folder, name)));
  const content = encode();
  for (const store of stores) await store.lock!('backup');
  await stores[0]!.set('backup', content);
  await Promise.all(stores.map((store) => store.set('backup', content)));
  for (const store of stores) expect(readStep((await store.get('backup'))!.bytes)).toBe(4);
});

test('a store that changes the chunks stores the changed ones, with a lock and without', async () => {
  const inner = fsStore(folder);
  const flip = (bytes: Uint8Array) => bytes.map((byte) => byte ^ 0x55);
  async function* flipChunks({ chunks }: CheckpointContent) {
    for await (const chunk of chunks) yield flip(chunk);
  }
  for (const key of ['without', 'with']) {
    if (key === 'with') await inner.lock!(key);
    const content = encode();
    await inner.set(key, { ...content, chunks: flipChunks(content) });
    expect(readStep(flip((await inner.get(key))!.bytes))).toBe(4);
  }
});

elsewhere.each<[string, (read: PartReader) => (memory: Uint8Array) => Promise<unknown>]>([
  ['more bytes than it was given', () => async (memory) => memory.length + 1],
  ['a negative number', () => async () => -1],
  ['NaN', () => async () => Number.NaN],
  ['half a byte', (read) => async (memory) => (await read(memory)) - 0.5],
  ['a text', (read) => async (memory) => String(await read(memory))],
  ['a bigint', (read) => async (memory) => BigInt(await read(memory))],
  ['nothing', (read) => async (memory) => void (await read(memory))],
  [
    'the number, but gives the memory away',
    (read) => async (memory) => {
      const length = await read(memory);
      structuredClone(memory.buffer, { transfer: [memory.buffer as ArrayBuffer] });
      return length;
    },
  ],
  [
    'zero, but gives the memory away',
    () => async (memory) => {
      structuredClone(memory.buffer, { transfer: [memory.buffer as ArrayBuffer] });
      return 0;
    },
  ],
])('a reader of parts that resolves to %s is refused, and harms no later checkpoint', async (_what, lie) => {
  const store = fsStore(folder);
  await store.lock!('backup');
  const content = encode();
  const createReader = () => lie(content.parts!.createReader()) as PartReader;
  await expect(store.set('a', withParts(content, { createReader }))).rejects.toMatchObject({
    code: 'KEEPFIT_STORE_FAILED',
    message: expect.stringMatching(/reader of the parts for .*a\.safetensors must copy/),
  });
  await store.set('a', encode());
  expect(readStep((await store.get('a'))!.bytes)).toBe(4);
  expect(warn).not.toHaveBeenCalled();
  expect((await readdir(folder)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
});

elsewhere.each<[string, (lengths: readonly number[]) => readonly number[]]>([
  ['are too few', (lengths) => lengths.slice(1)],
  ['are negative', ([first = 0, ...rest]) => [-1, first + 1, ...rest].slice(0, rest.length + 1)],
  ['are not whole', ([first = 0, second = 0, ...rest]) => [first + 0.5, second - 0.5, ...rest]],
])('parts whose lengths %s are refused', async (_what, change) => {
  const store = fsStore(folder);
  await store.lock!('backup');
  const content = encode();
  const lengths = change(content.parts!.lengths);
  await expect(store.set('a', withParts(content, { lengths }))).rejects.toMatchObject({
    code: 'KEEPFIT_STORE_FAILED',
    message: expect.stringMatching(/the parts for .*a\.safetensors, .* must add up/),
  });
  await store.set('a', encode());
  expect(readStep((await store.get('a'))!.bytes)).toBe(4);
});

elsewhere('lengths may be any list of numbers', async () => {
  const store = fsStore(folder);
  await store.lock!('backup');
  const content = encode();
  const lengths = Object.assign([...content.parts!.lengths], { describe: () => 'parts' });
  await store.set('a', withParts(content, { lengths }));
  expect(readStep((await store.get('a'))!.bytes)).toBe(4);
});
