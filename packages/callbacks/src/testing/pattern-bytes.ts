/** Bytes that depend on their place and on the seed, so that a byte shifted, lost or of another content is seen. */
export function patternBytes(length: number, seed: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let index = 0; index < length; index++) bytes[index] = index * 31 + (index >>> 8) * 7 + seed * 101;
  return bytes;
}
