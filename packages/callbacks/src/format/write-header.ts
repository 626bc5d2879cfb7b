import { KeepfitError } from '../keepfit-error.js';
import { DEFAULT_LIMITS } from './checkpoint-limits.js';
import { ITEM_TYPES } from './item-type.js';
import type { PlacedTensor } from './place-tensors.js';

const LENGTH_FIELD = 8;

/** All bytes of a safetensors file before the first tensor's: the length field and the JSON, with blanks up to a multiple of 8. */
export function writeHeader(
  metadata: Readonly<Record<string, string>>,
  tensors: readonly PlacedTensor[],
): Uint8Array {
  const members = [`"__metadata__":${JSON.stringify(metadata)}`];
  for (const { entry, begin, end } of tensors) {
    const { code } = ITEM_TYPES[entry.dtype];
    members.push(
      `${JSON.stringify(entry.name)}:{"dtype":"${code}","shape":[${entry.shape.join(',')}],"data_offsets":[${begin},${end}]}`,
    );
  }
  const json = new TextEncoder().encode(`{${members.join(',')}}`);
  const length = Math.ceil(json.byteLength / 8) * 8;
  if (length > DEFAULT_LIMITS.maxHeaderBytes) {
    throw new KeepfitError(
      'KEEPFIT_INVALID_STATE',
      `the state takes ${length} bytes as JSON and may take ${DEFAULT_LIMITS.maxHeaderBytes}; keep many numbers in typed arrays`,
    );
  }
  const header = new Uint8Array(LENGTH_FIELD + length).fill(0x20);
  header.set(json, LENGTH_FIELD);
  new DataView(header.buffer).setBigUint64(0, BigInt(length), true);
  return header;
}
