import { crc32 } from 'node:zlib';
import { expect, test } from 'vitest';
import { BlockChecksums } from '../../src/format/block-checksums.js';
import { createJoin, joinParts } from '../../src/format/join-checksums.js';
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

test('joins the checksums of two parts of any length, also beyond 32 bits', () => {
  for (const length of [0, 1, 7, 8, 63, 100]) {
    const [first, second] = [BYTES.subarray(0, 100 - length), BYTES.subarray(100 - length)];
    expect(createJoin(length)(crc32(first), crc32(second))).toBe(crc32(BYTES));
  }
  const [halves, whole] = [createJoin(2 ** 33 + 5), createJoin(2 ** 34 + 10)];
  expect(whole(0xfedcba98, 0)).toBe(halves(halves(0xfedcba98, 0), 0));
});

test('joins the checksums of all parts', () => {
  const checksums = new PartChecksums([30, 0, 70], crc32);
  checksums.add(BYTES);
  expect(joinParts([30, 0, 70], checksums.toBytes())).toBe(crc32(BYTES));
});

test('has the CRC-32 of any range of blocks, whatever the pieces are', () => {
  const length = 3 * 65536 + 100;
  const bytes = new Uint8Array(length).map((_, index) => (index * 2_654_435_761) >>> 13);
  for (const pieceLength of [1000, 65536, length]) {
    const blocks = new BlockChecksums(crc32);
    for (let at = 0; at < length; at += pieceLength) blocks.add(bytes.subarray(at, at + pieceLength));
    expect(blocks.joinAll()).toBe(crc32(bytes));
    for (const from of [0, 1, 65535, 65536, 131_073, length])
      for (const to of [from, from + 1, 65536, 131_072, 3 * 65536, length])
        if (to >= from)
          expect(blocks.joinRange(bytes, from, to), `${from} to ${to}`).toBe(crc32(bytes.subarray(from, to)));
  }
  expect(new BlockChecksums(crc32).joinAll()).toBe(0);
});
