import type { CheckpointContent } from '../contract/checkpoint-store.js';

const CHUNK = 4 * 2 ** 20;

/** The bytes of a stored checkpoint, to be stored again. */
export function createContent(bytes: Uint8Array): CheckpointContent {
  async function* chunks(): AsyncGenerator<Uint8Array, void, undefined> {
    for (let at = 0; at < bytes.length; at += CHUNK) yield bytes.subarray(at, at + CHUNK);
  }
  return { byteLength: bytes.length, chunks: { [Symbol.asyncIterator]: chunks } };
}
