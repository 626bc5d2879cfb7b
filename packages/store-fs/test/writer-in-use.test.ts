import { expect, test } from 'vitest';
import { WriterInUse } from '../src/writer-in-use.js';

test('there is a writer while a lock is held', async () => {
  const writers = new WriterInUse();
  expect(writers.take()).toBeUndefined();
  const [first, second] = [
    writers.during({ release: async () => undefined }),
    writers.during({ release: async () => undefined }),
  ];
  const writer = writers.take();
  expect(writer?.isIdle).toBe(true);
  await first.release();
  expect(writers.take()).toBe(writer);
  await second.release();
  expect(writers.take()).toBeUndefined();
});

test('a lock that cannot be released leaves no writer either', async () => {
  const writers = new WriterInUse();
  const held = writers.during({ release: () => Promise.reject(new Error('the disk is gone')) });
  expect(writers.take()).toBeDefined();
  await expect(held.release()).rejects.toThrow('the disk is gone');
  expect(writers.take()).toBeUndefined();
});
