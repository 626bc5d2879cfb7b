import type { CaptureEntry, DType } from '@keepfit/callbacks';

type Numbers = new (buffer: ArrayBuffer, offset: number, length: number) => ArrayLike<number>;

const ARRAYS: Readonly<Record<DType, Numbers & { readonly BYTES_PER_ELEMENT: number }>> = {
  float64: Float64Array,
  float32: Float32Array,
  int32: Int32Array,
  uint32: Uint32Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int8: Int8Array,
  uint8: Uint8Array,
  bool: Uint8Array,
};

/** The values of a captured tensor. Waits for the device; they may be its live memory. */
export async function numbersOf(entry: CaptureEntry): Promise<ArrayLike<number>> {
  const bytes = await entry.read();
  const array = ARRAYS[entry.dtype];
  const { buffer, byteOffset, byteLength } =
    bytes.byteOffset % array.BYTES_PER_ELEMENT === 0 ? bytes : bytes.slice();
  return new array(buffer as ArrayBuffer, byteOffset, byteLength / array.BYTES_PER_ELEMENT);
}
