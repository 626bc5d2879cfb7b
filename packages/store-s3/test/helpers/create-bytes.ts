/** Bytes that differ from those of another seed. */
export function createBytes(length: number, seed: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let index = 0; index < length; index++) bytes[index] = index * 31 + seed * 17 + (index >> 8);
  return bytes;
}
