import type { CaptureEntry, DType } from '../contract/state.js';

/** The code of a type in safetensors, and its bytes per item. */
export interface ItemType {
  readonly code: string;
  readonly size: number;
}

/** The item types of tensors in a checkpoint. A bool takes one byte. */
export const ITEM_TYPES: { readonly [Name in DType]: ItemType } = {
  float64: { code: 'F64', size: 8 },
  float32: { code: 'F32', size: 4 },
  int32: { code: 'I32', size: 4 },
  uint32: { code: 'U32', size: 4 },
  int16: { code: 'I16', size: 2 },
  uint16: { code: 'U16', size: 2 },
  int8: { code: 'I8', size: 1 },
  uint8: { code: 'U8', size: 1 },
  bool: { code: 'BOOL', size: 1 },
};

/**
 * The type with this code in safetensors; undefined if neither a tfjs tensor nor a typed array can hold it.
 */
export function findDType(code: string): DType | undefined {
  return (Object.keys(ITEM_TYPES) as DType[]).find((dtype) => ITEM_TYPES[dtype].code === code);
}

/** The bytes of a tensor; Infinity beyond 64 bits, even if a later dimension is 0. */
export function getByteLength(dtype: DType, shape: readonly number[]): number {
  let product = 1;
  for (const size of shape) {
    product *= size;
    if (product >= 2 ** 64) return Infinity;
  }
  return product * ITEM_TYPES[dtype].size;
}

/**
 * Whether a value has the name and the function of a captured tensor; its type and shape are checked when it
 * is placed.
 */
export function isCaptureEntry(value: unknown): value is CaptureEntry {
  const entry = value as Partial<CaptureEntry> | null | undefined;
  return typeof entry?.name === 'string' && typeof entry.read === 'function';
}
