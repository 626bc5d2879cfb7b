import { readSafetensors } from '../format/read-safetensors.js';
import type { DamagedCopy } from './damaged-copy.js';

/** Copies of a checkpoint that end at each boundary of its parts, one byte before, and one after; the last is one byte too long. */
export function withCuts(checkpoint: Uint8Array): DamagedCopy[] {
  const lengths = new Set(boundariesOf(checkpoint).flatMap((end) => [end - 1, end, end + 1]));
  const wrong = [...lengths].filter((length) => length >= 0 && length !== checkpoint.length);
  return wrong.map((length) => {
    const bytes = new Uint8Array(length);
    bytes.set(checkpoint.subarray(0, length));
    return { what: `cut from ${checkpoint.length} bytes to ${length}`, bytes };
  });
}

/** Where the length of the header, the header, and each tensor end; and 0. */
function boundariesOf(checkpoint: Uint8Array): number[] {
  const headerLength = Number(new DataView(checkpoint.buffer, checkpoint.byteOffset).getBigUint64(0, true));
  const ends = [0, 8, 8 + headerLength];
  let end = 8 + headerLength;
  for (const { bytes } of readSafetensors(checkpoint).tensors.values()) ends.push((end += bytes.length));
  return ends;
}
