/** The elements of a tensor, row-major. */
export type Values = Float32Array | Int32Array | Uint8Array;
