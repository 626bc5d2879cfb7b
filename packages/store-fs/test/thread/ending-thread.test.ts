import { writeFileSync } from 'node:fs';
import * as nodeFs from 'node:fs/promises';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { decodeCheckpoint, encodeCheckpoint } from '@keepfit/callbacks/checkpoint';
import type { CheckpointContent, CheckpointStore } from '@keepfit/callbacks/store';
import { createContent, createNumberedBytes } from '@keepfit/callbacks/testing';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { toFolder } from '../../src/folder/folder.js';
import { folderStore } from '../../src/folder-store.js';
import { getThisHost } from '../../src/system/host.js';
import { SharedWriter } from '../../src/thread/shared-writer.js';
import { threadText } from '../../src/thread/thread-text.js';

const KEY = 'backup';
const header = { runId: 'a', generation: 1, savedAt: '2026-01-01T00:00:00.000Z', library: '0' };
const MiB = 1024 * 1024;

let folder = '';
let warn = vi.spyOn(console, 'warn');

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keepfit-ending-'));
  warn = vi.spyOn(console, 'warn').mockReturnValue();
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(folder, { recursive: true, force: true });
});

/** A program that ends the thread before or after one of its calls of the file system, counted from 0. */
function endAt(call: number, when: 'before' | 'after', how = 'process.exit(7)'): string {
  return `
const fs = require('node:fs');
let calls = 0;
for (const name of Object.keys(fs).filter((one) => /Sync$|^fsync$/.test(one))) {
  const real = fs[name];
  fs[name] = (...args) => {
    const isLast = calls++ === ${call};
    if (isLast && ${when === 'before'}) ${how};
    try {
      return real(...args);
    } finally {
      if (isLast) ${how};
    }
  };
}`;
}

/** Opens the store, locked, whose thread runs this program before its own. */
function openStore(prelude: string): { store: CheckpointStore; threads: readonly Worker[] } {
  const threads: Worker[] = [];
  const writer = new SharedWriter(() => {
    const thread = new Worker(`${prelude}\n${threadText}`, { eval: true, execArgv: [], env: {} });
    threads.push(thread);
    return thread;
  });
  writer.keepAlive({ release: async () => undefined });
  return { store: folderStore(toFolder(folder, nodeFs, getThisHost()), writer), threads };
}

/** A content that counts how often it is read from its start. */
function countedContent(bytes: Uint8Array): CheckpointContent & { readonly begun: number } {
  let begun = 0;
  return {
    byteLength: bytes.length,
    chunks: {
      async *[Symbol.asyncIterator]() {
        begun += 1;
        for (let at = 0; at < bytes.length; at += 100_000) yield bytes.subarray(at, at + 100_000);
      },
    },
    get begun() {
      return begun;
    },
  };
}

describe.each(['before', 'after'] as const)('%s a call', (when) => {
  test('whichever it is, if the thread ends there, the checkpoint is written once, and nothing else is left', async () => {
    const begun: number[] = [];
    for (let call = 0; begun.at(-1) !== 0; call++) {
      await rm(join(folder, `${KEY}.safetensors`), { force: true });
      const { store, threads } = openStore(endAt(call, when));
      const [old, next] = [createNumberedBytes(0), createNumberedBytes(call)];
      warn.mockClear();
      const content = countedContent(next);
      const version = await store.set(KEY, content, { replaces: null });
      expect(await readdir(folder), `call ${call}`).toEqual([`${KEY}.safetensors`]);
      const found = (await store.get(KEY))!;
      expect(found.version).toBe(version);
      expect(Buffer.compare(found.bytes, next)).toBe(0);
      begun.push(warn.mock.calls.length === 0 ? 0 : content.begun);
      // No later one asks for a thread or warns again.
      if (begun.at(-1) !== 0) await store.set(KEY, countedContent(old), { replaces: version });
      expect(threads.length).toBe(1);
      expect(warn.mock.calls.length).toBe(begun.at(-1) === 0 ? 0 : 1);
    }
    // Up to the rename it is written again, and afterwards only made durable.
    expect(begun.length).toBeGreaterThan(15);
    expect(begun.join('')).toMatch(/^2{10,}1{2,}0$/);
  });
});

test('a checkpoint of parts is written again whole, also if the thread has ended in its middle', async () => {
  const values = new Uint8Array(9 * MiB + 5).fill(3);
  const entries = ['a', 'b'].map((name) => ({
    name,
    dtype: 'uint8' as const,
    shape: [values.length],
    read: async () => values,
  }));
  const { store } = openStore(endAt(15, 'after'));
  await store.set(KEY, encodeCheckpoint({ entries, state: { step: 4 } }, header));
  const { training } = decodeCheckpoint((await store.get(KEY))!.bytes);
  expect(training.state).toEqual({ step: 4 });
  for (const { bytes } of training.tensors.values()) expect(Buffer.compare(bytes, values)).toBe(0);
  expect(training.tensors.size).toBe(2);
  expect(warn.mock.calls).toEqual([
    [
      expect.stringMatching(
        /^keepfit: the thread .* has ended \(it exited with code 7\)\. .*own thread writes/,
      ),
    ],
  ]);
  expect(await readdir(folder)).toEqual([`${KEY}.safetensors`]);
});

test.each([
  'throw new Error("out of luck")',
  'null.x',
  'setImmediate(() => { throw new Error("out of luck"); })',
])('a thread that fails by itself is replaced too: %s', async (fault) => {
  const { store } = openStore(`
const { parentPort } = require('node:worker_threads');
parentPort.on('message', () => { ${fault} });`);
  const bytes = createNumberedBytes(1);
  await store.set(KEY, createContent(bytes, 50_000));
  expect(Buffer.compare((await store.get(KEY))!.bytes, bytes)).toBe(0);
  expect(warn).toHaveBeenCalledTimes(1);
  expect(await readdir(folder)).toEqual([`${KEY}.safetensors`]);
});

test('a thread that has ended between two checkpoints is noticed at the next one', async () => {
  const { store, threads } = openStore('');
  const version = await store.set(KEY, createContent(Uint8Array.of(1)));
  await threads[0]!.terminate();
  expect(warn).not.toHaveBeenCalled();
  await store.set(KEY, createContent(Uint8Array.of(2)), { replaces: version });
  expect((await store.get(KEY))!.bytes).toEqual(Uint8Array.of(2));
  expect(warn).toHaveBeenCalledTimes(1);
});

test('if another trainer has written when the thread ends, its checkpoint stays', async () => {
  const { store } = openStore(endAt(8, 'before'));
  warn.mockImplementation(() => writeFileSync(join(folder, `${KEY}.safetensors`), 'another'));
  await expect(store.set(KEY, createContent(Uint8Array.of(1)), { replaces: null })).rejects.toMatchObject({
    code: 'KEEPFIT_STORE_CONFLICT',
  });
  expect(await readdir(folder)).toEqual([`${KEY}.safetensors`]);
  expect(Buffer.from((await store.get(KEY))!.bytes).toString()).toBe('another');
});

test('an error of the content is told as it is, and leaves nothing, also if the thread has ended', async () => {
  const { store } = openStore(endAt(7, 'after'));
  const failure = new Error('the device was lost');
  async function* chunks(): AsyncGenerator<Uint8Array> {
    for (let sent = 0; sent < 20; sent++) yield new Uint8Array(MiB);
    throw failure;
  }
  const content = { byteLength: 30 * MiB, chunks: { [Symbol.asyncIterator]: chunks } };
  await expect(store.set(KEY, content)).rejects.toBe(failure);
  expect(await readdir(folder)).toEqual([]);
});
