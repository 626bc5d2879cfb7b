import { crc32 as zlibCrc32 } from 'node:zlib';
import { expect, test } from 'vitest';
import { crc32 } from '../../src/format/crc32.js';
import { randomBytes, randomNumbers } from './random-numbers.js';

test('gives the check value of the CRC-32 catalogue', () => {
  expect(crc32(new TextEncoder().encode('123456789'))).toBe(0xcbf43926);
});

test('gives the value of zlib at every short length and offset', () => {
  const bytes = randomBytes(1, 128);
  for (let offset = 0; offset < 17; offset++) {
    for (let length = 0; offset + length <= 96; length++) {
      const part = bytes.subarray(offset, offset + length);
      expect(crc32(part)).toBe(zlibCrc32(part));
    }
  }
});

test('gives the value of zlib for large inputs and any seed', () => {
  const bytes = randomBytes(2, 1_000_003);
  expect(crc32(bytes)).toBe(zlibCrc32(bytes));
  const unaligned = bytes.subarray(5);
  for (const seed of [1, 0x7fffffff, 0x80000000, 0xffffffff]) expect(crc32(unaligned, seed)).toBe(zlibCrc32(unaligned, seed));
});

test('goes on from an earlier part', () => {
  const bytes = randomBytes(3, 10_000);
  const random = randomNumbers(4);
  let checksum = 0;
  for (let from = 0; from < bytes.length; ) {
    const to = from + Math.floor(random() * 100);
    checksum = crc32(bytes.subarray(from, to), checksum);
    from = to;
  }
  expect(checksum).toBe(zlibCrc32(bytes));
});
