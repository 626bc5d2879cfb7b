import { expect, test } from 'vitest';
import { SharedWriter } from '../../src/thread/shared-writer.js';

test('there is a writer while a lock is held', async () => {
  const writers = new SharedWriter();
  expect(writers.acquire()).toBeUndefined();
  const [first, second] = [
    writers.keepAlive({ release: async () => undefined }),
    writers.keepAlive({ release: async () => undefined }),
  ];
  const writer = writers.acquire();
  expect(writer?.isIdle).toBe(true);
  await first.release();
  expect(writers.acquire()).toBe(writer);
  await second.release();
  expect(writers.acquire()).toBeUndefined();
});

test('a lock that cannot be released leaves no writer either', async () => {
  const writers = new SharedWriter();
  const held = writers.keepAlive({ release: () => Promise.reject(new Error('the disk is gone')) });
  expect(writers.acquire()).toBeDefined();
  await expect(held.release()).rejects.toThrow('the disk is gone');
  expect(writers.acquire()).toBeUndefined();
});
