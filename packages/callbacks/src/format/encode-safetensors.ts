import type { SavedTensor } from '../contract/state.js';
import { ITEM_TYPES } from './item-types.js';

const LENGTH_FIELD = 8;

/**
 * Encodes a plain safetensors file: tensors by name, and strings by name as its metadata. Sorting by item
 * size, then by name, aligns each tensor to its items.
 */
export function encodeSafetensors(
  tensors: ReadonlyMap<string, SavedTensor>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  const placed = [...tensors].sort(byItemSizeAndName);
  const members = Object.keys(metadata).length === 0 ? [] : [`"__metadata__":${JSON.stringify(metadata)}`];
  let end = 0;
  for (const [name, { dtype, shape, bytes }] of placed) {
    const offsets = `${end},${(end += bytes.byteLength)}`;
    members.push(
      `${JSON.stringify(name)}:{"dtype":"${ITEM_TYPES[dtype].code}","shape":[${shape.join(',')}],"data_offsets":[${offsets}]}`,
    );
  }
  const json = new TextEncoder().encode(`{${members.join(',')}}`);
  const header = Math.ceil(json.byteLength / 8) * 8;
  const file = new Uint8Array(LENGTH_FIELD + header + end).fill(0x20, 0, LENGTH_FIELD + header);
  new DataView(file.buffer).setBigUint64(0, BigInt(header), true);
  file.set(json, LENGTH_FIELD);
  let at = LENGTH_FIELD + header;
  for (const [, { bytes }] of placed) {
    file.set(bytes, at);
    at += bytes.byteLength;
  }
  return file;
}

function byItemSizeAndName(
  [a, { dtype: typeA }]: [string, SavedTensor],
  [b, { dtype: typeB }]: [string, SavedTensor],
): number {
  return ITEM_TYPES[typeB].size - ITEM_TYPES[typeA].size || (a < b ? -1 : 1);
}
