import type { CheckpointContent } from '../contract/checkpoint-store.js';

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
  return { byteLength: bytes.length, chunks: chunksOf(bytes, chunkLength) };
}

async function* chunksOf(
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
