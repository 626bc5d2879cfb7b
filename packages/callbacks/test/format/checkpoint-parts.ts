import type { CheckpointContent } from '../../src/contract/checkpoint-store.js';
import type { Capture, CaptureEntry, DType, StateRecord, StateValue } from '../../src/contract/state.js';
import type { CheckpointHeader } from '../../src/format/checkpoint-header.js';
import { decodeCheckpoint } from '../../src/format/decode-checkpoint.js';
import { encodeCheckpoint } from '../../src/format/encode-checkpoint.js';

export const header: CheckpointHeader = {
  runId: 'a1b2',
  generation: 7,
  savedAt: '2026-01-31T08:15:00.000Z',
  library: '0.1.0',
};

/** A captured tensor that holds these items, a vector where no shape is given. */
export function entryOf(name: string, values: ArrayBufferView, dtype: DType, shape?: number[]): CaptureEntry {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return { name, dtype, shape: shape ?? [(values as Uint8Array).length], read: async () => bytes };
}

export function captureOf(...entries: CaptureEntry[]): Capture {
  return { entries, clone: () => captureOf(...entries), dispose: () => undefined };
}

/** The bytes of a checkpoint, each chunk copied as a store must. */
export async function bytesOf(content: CheckpointContent): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of content.chunks) chunks.push(chunk.slice());
  return new Uint8Array(Buffer.concat(chunks));
}

export function encoded(state: StateRecord = {}, entries: readonly CaptureEntry[] = []): Promise<Uint8Array> {
  return bytesOf(encodeCheckpoint({ entries, state }, header));
}

/** What a value comes back as from a checkpoint. */
export async function throughFile(value: StateValue): Promise<StateValue> {
  const { training } = decodeCheckpoint(await encoded({ value }));
  return training.state['value']!;
}

/** What is thrown, as `CODE: message`, or what came instead. */
export function thrownBy(act: () => unknown): unknown {
  try {
    return { came: act() };
  } catch (error) {
    return error;
  }
}
