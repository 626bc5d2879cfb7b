import { KeepfitError } from '@keepfit/callbacks';
import { ITEM_TYPES, type SavedTensor } from '@keepfit/callbacks/checkpoint';
import { readTensors } from './decode-file.js';

const WEIGHTS = 'weights/';

/**
 * Selects the weights of a checkpoint, by their names in the model, or all its tensors, by their names in the
 * file.
 */
export function selectTensors(path: string, bytes: Uint8Array, all: boolean): Map<string, SavedTensor> {
  const tensors = readTensors(bytes);
  if (all) return tensors;
  const weights = [...tensors].filter(([name]) => name.startsWith(WEIGHTS) && name.length > WEIGHTS.length);
  // The format reserves this name.
  const named = weights.map(
    ([name, tensor]) =>
      [name === `${WEIGHTS}__metadata__` ? name : name.slice(WEIGHTS.length), tensor] as const,
  );
  if (named.length > 0) return new Map(named);
  const message = `${path} holds no tensors named ${WEIGHTS}…: it was not saved by keepfit's trainer; give --all`;
  throw new KeepfitError('KEEPFIT_INVALID_DATA', message);
}

const LENGTH_FIELD = 8;

/**
 * Encodes a safetensors file without metadata. Sorting by item size, then by name, aligns each tensor to its
 * items.
 */
export function encodeSafetensors(tensors: ReadonlyMap<string, SavedTensor>): Uint8Array {
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
