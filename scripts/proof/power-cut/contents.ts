/**
 * What the checkpoint is after each round: nothing at first, then three contents of their own lengths and bytes, then, of a writer that deletes, nothing again.
 * No block of one is a block of another, so that a mixture shows.
 */
export const CONTENTS: readonly (Uint8Array | undefined)[] = [
  undefined,
  content(1),
  content(2),
  content(3),
  undefined,
];

function content(round: number): Uint8Array {
  const bytes = new Uint8Array(300_000 + round * 4321);
  for (let index = 0; index < bytes.length; index++)
    bytes[index] = (index * 31 + (index >> 8) * 7 + round * 101) & 255;
  return bytes;
}
