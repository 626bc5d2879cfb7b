/** The one format there is so far. */
export const FORMAT = 1;

/** The key in `__metadata__` of the JSON with header and state. */
export const METADATA_KEY = 'keepfit';

/**
 * The tensor of checksums, the last in the file: CRC-32 of all bytes before the tensors, then of each tensor before this one.
 * Formats to come keep the name, the type and the first item, so that a damaged file is told from a newer one.
 */
export const CHECKSUMS = 'keepfit.crc32';

/**
 * The typed arrays of a state by name, with the dtype of their tensor.
 *
 * In the JSON of a state, an object with one key that begins with a single `$` stands for what JSON cannot say:
 * `{"$number": "NaN" | "Infinity" | "-Infinity" | "-0"}`, `{"$array": "Float32Array"}`, `{"$capture": ["kernel", "bias"]}`.
 * The tensors of the latter two are found by their place in the state. A user's key that begins with `$` is written with one `$` more.
 */
export const ARRAY_TYPES = {
  Float64Array: 'float64',
  Float32Array: 'float32',
  Int32Array: 'int32',
  Uint32Array: 'uint32',
  Int16Array: 'int16',
  Uint16Array: 'uint16',
  Int8Array: 'int8',
  Uint8Array: 'uint8',
  Uint8ClampedArray: 'uint8',
} as const;

export type ArrayTypeName = keyof typeof ARRAY_TYPES;
