import { crc32 as zlibCrc32 } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { crc32, computeCrc32 } from '../../src/format/crc32.js';
import { randomBytes, randomNumbers } from './random-numbers.js';

const ways = {
  'the fastest there is': crc32,
  tables: (bytes: Uint8Array, seed = 0) => computeCrc32(bytes, seed),
};

describe.each(Object.entries(ways))('by %s', (_way, checksum) => {
  test('gives the check value of the CRC-32 catalogue', () => {
    expect(checksum(new TextEncoder().encode('123456789'))).toBe(0xcbf43926);
  });

  test('gives the value of zlib at every short length and offset', () => {
    const bytes = randomBytes(1, 128);
    for (let offset = 0; offset < 17; offset++) {
      for (let length = 0; offset + length <= 96; length++) {
        const part = bytes.subarray(offset, offset + length);
        expect(checksum(part)).toBe(zlibCrc32(part));
      }
    }
  });

  test('gives the value of zlib for large inputs and any seed', () => {
    const bytes = randomBytes(2, 1_000_003);
    expect(checksum(bytes)).toBe(zlibCrc32(bytes));
    const unaligned = bytes.subarray(5);
    for (const seed of [1, 0x7fffffff, 0x80000000, 0xffffffff])
      expect(checksum(unaligned, seed)).toBe(zlibCrc32(unaligned, seed));
  });

  test('goes on from an earlier part', () => {
    const bytes = randomBytes(3, 10_000);
    const random = randomNumbers(4);
    let sum = 0;
    for (let from = 0; from < bytes.length;) {
      const to = from + Math.floor(random() * 100);
      sum = checksum(bytes.subarray(from, to), sum);
      from = to;
    }
    expect(sum).toBe(zlibCrc32(bytes));
  });
});

test('an empty part changes nothing', () => {
  expect(crc32(new Uint8Array(0), 0xfedcba98)).toBe(0xfedcba98);
});
