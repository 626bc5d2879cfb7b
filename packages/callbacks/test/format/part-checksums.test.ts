import { crc32 } from 'node:zlib';
import { expect, test } from 'vitest';
import { PartChecksums } from '../../src/format/part-checksums.js';

const BYTES = new Uint8Array(100).map((_, index) => index * 31);

/** The checksums of parts of these lengths, of which the pieces have `pieceLength` bytes. */
function checksumsOf(lengths: readonly number[], pieceLength: number): number[] {
  const checksums = new PartChecksums(lengths, crc32);
  for (let at = 0; at < BYTES.length; at += pieceLength) checksums.add(BYTES.subarray(at, at + pieceLength));
  const bytes = checksums.toBytes();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return lengths.map((_, index) => view.getUint32(4 * index, true));
}

test.each([1, 7, 30, 100])(
  'has the CRC-32 of each part, whatever the pieces are: %i bytes',
  (pieceLength) => {
    const expected = [0, 30, 30, 31, 100]
      .slice(1)
      .map((to, index) => crc32(BYTES.subarray([0, 30, 30, 31][index], to)));
    expect(checksumsOf([30, 0, 1, 69], pieceLength)).toEqual(expected);
  },
);

test('ignores bytes after the last part, whose number the store refuses', () => {
  expect(checksumsOf([30, 10], 7)).toEqual([crc32(BYTES.subarray(0, 30)), crc32(BYTES.subarray(30, 40))]);
  expect(checksumsOf([], 7)).toEqual([]);
});
