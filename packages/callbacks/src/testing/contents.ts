import type { CheckpointContent } from '../contract/checkpoint-store.js';

/** Bytes that depend on their place and on the seed, so that a byte shifted, lost or of another content is seen. */
export function createBytes(length: number, seed: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let index = 0; index < length; index++) bytes[index] = index * 31 + (index >>> 8) * 7 + seed * 101;
  return bytes;
}

const FIRST_LENGTH = 200_000;

/** The bytes of the checkpoint of this number, from 0, that a process stores which is to be killed: see `KillableSubject`. */
export function numberedBytes(number: number): Uint8Array {
  return createBytes(FIRST_LENGTH + number, number);
}

/**
 * Bytes as the content that `CheckpointStore.set` takes, in chunks of `chunkLength` bytes.
 *
 * Each chunk comes in the same buffer, which is overwritten when the next is asked for: a store that keeps a chunk without copying
 * it shows at once.
 */
export function contentOf(
  bytes: Uint8Array,
  chunkLength: number = Math.max(1, bytes.length),
): CheckpointContent {
  return { byteLength: bytes.length, chunks: generateChunks(bytes, chunkLength) };
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
