import type { DType } from '../contract/state.js';

/** How safetensors names a type, and how many bytes an item takes there. */
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

/** The type that safetensors calls by this code, or undefined for one that no tfjs tensor or typed array can hold. */
export function dtypeOf(code: string): DType | undefined {
  return (Object.keys(ITEM_TYPES) as DType[]).find((dtype) => ITEM_TYPES[dtype].code === code);
}

/** How many bytes a tensor takes; Infinity beyond what 64 bits can count, though a later dimension be 0. */
export function byteLengthOf(dtype: DType, shape: readonly number[]): number {
  let product = 1;
  for (const size of shape) {
    product *= size;
    if (product >= 2 ** 64) return Infinity;
  }
  return product * ITEM_TYPES[dtype].size;
}
