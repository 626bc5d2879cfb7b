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
  return createGeneratedContent(bytes.length, () => generateChunks(bytes, chunkLength));
}

/** Creates a content whose chunks come from a new generator at each iteration, as the contract promises. */
function createGeneratedContent(
  byteLength: number,
  generate: () => AsyncIterator<Uint8Array>,
): CheckpointContent {
  return { byteLength, chunks: { [Symbol.asyncIterator]: generate } };
}

/** Creates a content of these chunks, which `before` may delay. It gets their numbers, from 0. */
export function createChunkedContent(
  byteLength: number,
  chunks: readonly Uint8Array[],
  before: (index: number) => Promise<unknown> = async () => undefined,
): CheckpointContent {
  return createGeneratedContent(byteLength, async function* () {
    for (const [index, chunk] of chunks.entries()) {
      await before(index);
      yield chunk;
    }
  });
}

/** Creates a content whose last half comes only after `between` is done. */
export function createInterruptedContent(
  bytes: Uint8Array,
  between: () => Promise<unknown>,
): CheckpointContent {
  const half = bytes.length >>> 1;
  let done: Promise<unknown> | undefined;
  return createChunkedContent(bytes.length, [bytes.subarray(0, half), bytes.subarray(half)], (index) =>
    index === 0 ? Promise.resolve() : (done ??= between()),
  );
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
