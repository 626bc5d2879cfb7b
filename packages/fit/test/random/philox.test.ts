import { expect, test } from 'vitest';
import { philox } from '../../src/random/philox.js';

/** The known answers that its authors publish with Random123 (kat_vectors, philox4x32 with 10 rounds). */
const KNOWN: readonly (readonly [
  counter: readonly number[],
  key: readonly number[],
  words: readonly number[],
])[] = [
  [
    [0, 0, 0, 0],
    [0, 0],
    [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
  ],
  [
    [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
    [0xffffffff, 0xffffffff],
    [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
  ],
  [
    [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
    [0xa4093822, 0x299f31d0],
    [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
  ],
];

test.each(KNOWN)(
  'counter %s and key %s give the known words',
  ([c0 = 0, c1 = 0, c2 = 0, c3 = 0], [k0 = 0, k1 = 0], words) => {
    expect([...philox(c0, c1, c2, c3, k0, k1, new Uint32Array(4))]).toEqual(words);
  },
);

test('writes into the array given, and returns it', () => {
  const out = new Uint32Array(4);
  expect(philox(1, 2, 3, 4, 5, 6, out)).toBe(out);
  expect(out.some((word) => word !== 0)).toBe(true);
});
