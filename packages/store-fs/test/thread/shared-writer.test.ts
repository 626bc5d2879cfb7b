import { createContent } from '@keepfit/callbacks/testing';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { toFolder } from '../../src/folder/folder.js';
import { SharedWriter } from '../../src/thread/shared-writer.js';
import { fakeHost } from '../helpers/fake-host.js';
import { memoryFs } from '../helpers/memory-fs.js';
import { serveHere } from '../helpers/thread-store.js';

let log: string[] = [];

beforeEach(() => {
  log = [];
  vi.spyOn(console, 'warn').mockImplementation((message) => void log.push(message));
});
afterEach(() => void vi.restoreAllMocks());

/** A writer that logs when its thread starts and ends, with a function that writes a byte. */
function open(start?: () => never) {
  const { fs, volume } = memoryFs();
  const folder = toFolder('/runs', fs, fakeHost());
  const writer = new SharedWriter(() => {
    start?.();
    log.push('start');
    const thread = serveHere(fs);
    const terminate = async () => {
      log.push('end');
      await thread.terminate();
    };
    return { ...thread, terminate };
  });
  const write = async (key: string, byte: number) => {
    await writer.write(folder, key, createContent(Uint8Array.of(byte)), undefined);
    expect(volume.readFileSync(`/runs/${key}.safetensors`)).toEqual(Buffer.of(byte));
  };
  return { writer, write };
}

const release = async () => undefined;

test('the thread runs from the first checkpoint under a lock until the last lock is released', async () => {
  const { writer, write } = open();
  await write('a', 1);
  const [first, second] = [writer.keepAlive({ release }), writer.keepAlive({ release })];
  expect(log).toEqual([]);
  await write('a', 2);
  await first.release();
  await write('a', 3);
  expect(log).toEqual(['start']);
  await second.release();
  expect(log).toEqual(['start', 'end']);
  await write('a', 4);
  const third = writer.keepAlive({ release });
  await write('a', 5);
  await third.release();
  expect(log).toEqual(['start', 'end', 'start', 'end']);
});

test('a lock that cannot be released leaves no thread either', async () => {
  const { writer, write } = open();
  const held = writer.keepAlive({ release: () => Promise.reject(new Error('the disk is gone')) });
  await write('a', 1);
  await expect(held.release()).rejects.toThrow('the disk is gone');
  expect(log).toEqual(['start', 'end']);
});

test('a checkpoint that is under way when the last lock is released ends well, and the thread after it', async () => {
  const { writer, write } = open();
  const held = writer.keepAlive({ release });
  const writing = write('a', 1);
  await held.release();
  await writing;
  const next = writer.keepAlive({ release });
  await write('a', 2);
  await next.release();
  expect(log).toEqual(['start', 'end', 'start', 'end']);
});

test('while the thread writes one checkpoint, the calling thread writes another', async () => {
  const { writer, write } = open();
  const held = writer.keepAlive({ release });
  await Promise.all([write('a', 1), write('b', 2), write('c', 3)]);
  await held.release();
  expect(log).toEqual(['start', 'end']);
});

test('if no thread can start, the calling thread writes, and one warning says why', async () => {
  const { writer, write } = open(() => {
    throw new Error('Access to this API has been restricted');
  });
  for (let round = 0; round < 3; round++) {
    const held = writer.keepAlive({ release });
    await write('a', round);
    await held.release();
  }
  expect(log).toEqual([
    expect.stringMatching(/cannot start \(Access to this API has been restricted\).*own thread writes/),
  ]);
});
