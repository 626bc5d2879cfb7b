/**
 * The checkpoint after each round: nothing at first, then three contents with different lengths and bytes,
 * and nothing again if the writer can delete. No two contents share a block, so a mixture shows.
 */
export const CONTENTS: readonly (Uint8Array | undefined)[] = [
  undefined,
  createContent(1),
  createContent(2),
  createContent(3),
  undefined,
];

function createContent(round: number): Uint8Array {
  const bytes = new Uint8Array(300_000 + round * 4321);
  for (let index = 0; index < bytes.length; index++)
    bytes[index] = (index * 31 + (index >> 8) * 7 + round * 101) & 255;
  return bytes;
}
