import { ITEM_TYPES, type SavedTensor } from '@keepfit/callbacks/checkpoint';

const LENGTH_FIELD = 8;

/** A safetensors file without metadata. Larger items come first, then names, so that each tensor is aligned to its items. */
export function writeSafetensors(tensors: ReadonlyMap<string, SavedTensor>): Uint8Array {
  const placed = [...tensors].sort(byItemSizeAndName);
  const members: string[] = [];
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
