import type { CaptureEntry, DType } from '../contract/state.js';
import { encodeCheckpoint } from '../format/encode-checkpoint.js';
import { readSafetensors } from '../format/read-safetensors.js';
import { createBytes } from './contents.js';

/** Bytes that are no longer a checkpoint, and a description of the damage. */
export interface DamagedCopy {
  readonly what: string;
  readonly bytes: Uint8Array;
}

/** Copies a checkpoint `count` times and flips one bit in each copy: a sample that repeats with the seed. */
export function flipBits(checkpoint: Uint8Array, count: number, seed: number): DamagedCopy[] {
  let state = seed;
  return Array.from({ length: count }, () => {
    // A linear congruential generator (Numerical Recipes); its high bits choose.
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const bit = Math.floor((state / 2 ** 32) * checkpoint.length * 8);
    const bytes = checkpoint.slice();
    bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    return { what: `with bit ${bit & 7} of byte ${bit >> 3} flipped`, bytes };
  });
}

/**
 * Copies a checkpoint up to each boundary of its parts, one byte before, and one after; the last copy is one
 * byte too long.
 */
export function cutAtBoundaries(checkpoint: Uint8Array): DamagedCopy[] {
  const lengths = new Set(findBoundaries(checkpoint).flatMap((end) => [end - 1, end, end + 1]));
  const wrong = [...lengths].filter((length) => length >= 0 && length !== checkpoint.length);
  return wrong.map((length) => {
    const bytes = new Uint8Array(length);
    bytes.set(checkpoint.subarray(0, length));
    return { what: `cut from ${checkpoint.length} bytes to ${length}`, bytes };
  });
}

/** The ends of the length field, the header, and each tensor; and 0. */
function findBoundaries(checkpoint: Uint8Array): number[] {
  const headerLength = Number(new DataView(checkpoint.buffer, checkpoint.byteOffset).getBigUint64(0, true));
  const ends = [0, 8, 8 + headerLength];
  let end = 8 + headerLength;
  for (const { bytes } of readSafetensors(checkpoint).tensors.values()) ends.push((end += bytes.length));
  return ends;
}

/**
 * Encodes a real checkpoint of about 1 KiB, with tensors of several types. Its step equals its generation.
 */
export async function encodeSmallCheckpoint(generation: number): Promise<Uint8Array> {
  const entries = [
    createEntry('dense/kernel', 'float32', [3, 4], 48, generation),
    createEntry('dense/bias', 'float32', [4], 16, generation + 1),
    createEntry('steps', 'int32', [], 4, generation + 2),
    createEntry('mask', 'uint8', [5], 5, generation + 3),
  ];
  const state = { progress: { epoch: 0, batch: generation, step: generation } };
  const header = { runId: 'conformance', generation, savedAt: '2026-01-31T08:15:00.000Z', library: '0.0.0' };
  const { byteLength, chunks } = encodeCheckpoint({ entries, state }, header);
  const bytes = new Uint8Array(byteLength);
  let end = 0;
  for await (const chunk of chunks) {
    bytes.set(chunk, end);
    end += chunk.length;
  }
  return bytes;
}

function createEntry(
  name: string,
  dtype: DType,
  shape: readonly number[],
  byteLength: number,
  seed: number,
): CaptureEntry {
  return { name, dtype, shape, read: async () => createBytes(byteLength, seed) };
}
