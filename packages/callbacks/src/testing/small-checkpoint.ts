import type { CaptureEntry, DType } from '../contract/state.js';
import { encodeCheckpoint } from '../format/encode-checkpoint.js';
import { patternBytes } from './pattern-bytes.js';

/** The bytes of a real checkpoint of about 1 KiB, of tensors of several types, at the step that is its generation. */
export async function smallCheckpoint(generation: number): Promise<Uint8Array> {
  const entries = [
    entryOf('dense/kernel', 'float32', [3, 4], 48, generation),
    entryOf('dense/bias', 'float32', [4], 16, generation + 1),
    entryOf('steps', 'int32', [], 4, generation + 2),
    entryOf('mask', 'uint8', [5], 5, generation + 3),
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

function entryOf(
  name: string,
  dtype: DType,
  shape: readonly number[],
  byteLength: number,
  seed: number,
): CaptureEntry {
  return { name, dtype, shape, read: async () => patternBytes(byteLength, seed) };
}
