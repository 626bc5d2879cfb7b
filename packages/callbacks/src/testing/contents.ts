import type { CheckpointContent } from '../contract/checkpoint-store.js';

/**
 * Creates bytes that depend on their position and on the seed, so that a shifted, lost or foreign byte shows.
 */
export function createBytes(length: number, seed: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let index = 0; index < length; index++) bytes[index] = index * 31 + (index >>> 8) * 7 + seed * 101;
  return bytes;
}

const FIRST_LENGTH = 200_000;

/**
 * Creates the checkpoint of this number, from 0, that a process stores until it is killed: see
 * `KillableSubject`.
 */
export function createNumberedBytes(number: number): Uint8Array {
  return createBytes(FIRST_LENGTH + number, number);
}

/**
 * Creates the content that `CheckpointStore.set` takes from bytes, in chunks of `chunkLength` bytes.
 *
 * All chunks share one buffer, which is overwritten when the next chunk is requested: a store that keeps a
 * chunk without copying it fails at once.
 */
export function createContent(
  bytes: Uint8Array,
  chunkLength: number = Math.max(1, bytes.length),
): CheckpointContent {
  return {
    byteLength: bytes.length,
    chunks: { [Symbol.asyncIterator]: () => generateChunks(bytes, chunkLength) },
  };
}

async function* generateChunks(
  bytes: Uint8Array,
  chunkLength: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  const buffer = new Uint8Array(chunkLength);
  try {
    for (let start = 0; start < bytes.length; start += chunkLength) {
      const part = bytes.subarray(start, start + chunkLength);
      buffer.set(part);
      yield buffer.subarray(0, part.length);
    }
  } finally {
    buffer.fill(0xee);
  }
}
