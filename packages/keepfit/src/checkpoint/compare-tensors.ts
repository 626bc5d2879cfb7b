import { type DType, ITEM_TYPES, type SavedTensor } from '@keepfit/callbacks/checkpoint';

/** How much two tensors of one type and shape differ. */
export interface TensorDifference {
  /** How many items differ in at least one bit. */
  readonly items: number;
  /** How many of these are NaN in one tensor, or in both with different bits. They count for no maximum. */
  readonly nans: number;
  /** The largest |a - b|. */
  readonly maxAbs: number;
  /** The largest |a - b| / max(|a|, |b|). */
  readonly maxRel: number;
  /**
   * The largest distance in floating-point numbers: 1 for neighbours, 0 between 0 and -0. Null for integers.
   */
  readonly maxUlp: number | null;
  /** The index of the first item with the largest |a - b|; null if all differing items are NaN. */
  readonly at: readonly number[] | null;
}

type Items =
  | Float64Array
  | Float32Array
  | Int32Array
  | Uint32Array
  | Int16Array
  | Uint16Array
  | Int8Array
  | Uint8Array;

/** Compares two tensors of the same type and shape bit for bit; undefined if they are equal. */
export function compareTensors(a: SavedTensor, b: SavedTensor): TensorDifference | undefined {
  const [itemsA, itemsB] = [getItems(a), getItems(b)];
  const [bitsA, bitsB] = [getBits(a), getBits(b)];
  const ulpOf = createUlpMeter(a.dtype, itemsA, itemsB);
  const found = { items: 0, nans: 0, maxAbs: 0, maxRel: 0, maxUlp: ulpOf === undefined ? null : 0 };
  let at = -1;
  for (let index = 0; index < itemsA.length; index++) {
    if (bitsA[index] === bitsB[index]) continue;
    found.items += 1;
    const [x, y] = [itemsA[index] ?? 0, itemsB[index] ?? 0];
    if (Number.isNaN(x) || Number.isNaN(y)) {
      found.nans += 1;
      continue;
    }
    const abs = Math.abs(x - y);
    if (at < 0 || abs > found.maxAbs) at = index;
    found.maxAbs = Math.max(found.maxAbs, abs);
    found.maxRel = Math.max(found.maxRel, getRelative(abs, x, y));
    if (ulpOf !== undefined) found.maxUlp = Math.max(found.maxUlp ?? 0, ulpOf(index));
  }
  return found.items === 0 ? undefined : { ...found, at: at < 0 ? null : getIndex(at, a.shape) };
}

/** Returns Infinity if one is infinite, and 0 between 0 and -0. */
function getRelative(abs: number, x: number, y: number): number {
  if (abs === Infinity) return Infinity;
  return abs === 0 ? 0 : abs / Math.max(Math.abs(x), Math.abs(y));
}

function getItems({ dtype, bytes }: SavedTensor): Items {
  const length = bytes.byteLength / ITEM_TYPES[dtype].size;
  switch (dtype) {
    case 'float64':
      return new Float64Array(bytes.buffer, bytes.byteOffset, length);
    case 'float32':
      return new Float32Array(bytes.buffer, bytes.byteOffset, length);
    case 'int32':
      return new Int32Array(bytes.buffer, bytes.byteOffset, length);
    case 'uint32':
      return new Uint32Array(bytes.buffer, bytes.byteOffset, length);
    case 'int16':
      return new Int16Array(bytes.buffer, bytes.byteOffset, length);
    case 'uint16':
      return new Uint16Array(bytes.buffer, bytes.byteOffset, length);
    case 'int8':
      return new Int8Array(bytes.buffer, bytes.byteOffset, length);
    case 'uint8':
    case 'bool':
      return bytes;
  }
}

function getBits(tensor: SavedTensor): Items | BigInt64Array {
  const { dtype, bytes } = tensor;
  if (dtype === 'float64') return new BigInt64Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 8);
  if (dtype === 'float32') return new Int32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
  return getItems(tensor);
}

/**
 * Without the sign, the bits of a float grow with its size. So the distance of two floats of one sign is the
 * difference of their bits.
 */
function createUlpMeter(dtype: DType, a: Items, b: Items): ((index: number) => number) | undefined {
  if (dtype === 'float32') {
    const [bitsA, bitsB] = [
      new Int32Array(a.buffer, a.byteOffset, a.length),
      new Int32Array(b.buffer, b.byteOffset, b.length),
    ];
    const ordered = (bits = 0) => (bits < 0 ? -(bits & 0x7fffffff) : bits);
    return (index) => Math.abs(ordered(bitsA[index]) - ordered(bitsB[index]));
  }
  if (dtype !== 'float64') return undefined;
  const [bitsA, bitsB] = [
    new BigInt64Array(a.buffer, a.byteOffset, a.length),
    new BigInt64Array(b.buffer, b.byteOffset, b.length),
  ];
  const ordered = (bits = 0n) => (bits < 0n ? -(bits & 0x7fffffffffffffffn) : bits);
  return (index) => Math.abs(Number(ordered(bitsA[index]) - ordered(bitsB[index])));
}

function getIndex(flat: number, shape: readonly number[]): number[] {
  const index: number[] = [];
  let rest = flat;
  for (const size of [...shape].reverse()) {
    index.unshift(rest % size);
    rest = Math.floor(rest / size);
  }
  return index;
}
