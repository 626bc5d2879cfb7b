import crc from 'crc-32/crc32c.js';
import { expect, test } from 'vitest';
import { countBuckets } from '../src/histogram.js';
import { encodePoint, encodeVersion } from '../src/events.js';
import { ProtoMessage } from '../src/proto-message.js';
import { computeCrc32c, encodeRecord } from '../src/tf-record.js';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
/** The wall time of an event as TensorFlow wrote it, 8 bytes in hex. */
const timeOf = (text: string): number => Buffer.from(text, 'hex').readDoubleLE();

test('computes the CRC-32C of the RFC and of an independent package', () => {
  expect(computeCrc32c(new TextEncoder().encode('123456789'))).toBe(0xe3069283);
  // RFC 3720, B.4.
  expect(computeCrc32c(new Uint8Array(32))).toBe(0x8a9136aa);
  expect(computeCrc32c(new Uint8Array(32).fill(255))).toBe(0x62a8ab43);
  expect(computeCrc32c(new Uint8Array())).toBe(0);
  const bytes = Uint8Array.from({ length: 1000 }, (_, index) => (index * index) % 251);
  for (const length of [1, 7, 64, 999])
    expect(computeCrc32c(bytes.subarray(0, length))).toBe(crc.buf(bytes.subarray(0, length)) >>> 0);
});

// Written by tf.summary of TensorFlow 2.21 to a file, including framing.
const recorded = [
  [
    '0936c8bb2ad9c0da41',
    { tag: 'epoch_loss', step: 3, value: 0.25 },
    '34000000000000005e33175c',
    '10032a270a250a0a65706f63685f6c6f7373420a0801120022040000803e4a0b0a090a077363616c617273',
    'c556d72e',
  ],
  [
    '09a2d3bb2ad9c0da41',
    { tag: 'epoch_loss', step: 0, value: 0.25 },
    '3200000000000000241956ec',
    '2a270a250a0a65706f63685f6c6f7373420a0801120022040000803e4a0b0a090a077363616c617273',
    'cf7f3c48',
  ],
  [
    '09f1d8bb2ad9c0da41',
    { tag: 'b', step: 2 ** 40 + 5, value: -2.5 },
    '300000000000000095f5d05f',
    '108580808080202a1e0a1c0a0162420a080112002204000020c04a0b0a090a077363616c617273',
    '0a34ed29',
  ],
] as const;

test.each(recorded)(
  'writes scalars byte for byte as TensorFlow does',
  (time, point, header, body, checksum) => {
    const record = encodeRecord(encodePoint(point, timeOf(time.slice(2))));
    expect(hex(record)).toBe(header + time + body + checksum);
  },
);

test('writes a histogram as TensorFlow does, but for the last bit of some edges', () => {
  const event = hex(
    encodePoint(
      { tag: 'k/histogram', step: 300, value: countBuckets([1, 2, 4]) },
      timeOf('da59bf2ad9c0da41'),
    ),
  );
  const upToTheBuckets =
    '09da59bf2ad9c0da4110ac022a82060aff050a0b6b2f686973746f6772616d42df05080212081202081e1202080322d005';
  const afterThem = '4a0e0a0c0a0a686973746f6772616d73';
  expect(event.slice(0, upToTheBuckets.length)).toBe(upToTheBuckets);
  expect(event.slice(upToTheBuckets.length + 2 * 30 * 3 * 8)).toBe(afterThem);
});

test('begins a file as TensorFlow does, but for the name of the writer', () => {
  expect(hex(encodeVersion(timeOf('0000802ad9c0da41')))).toBe(
    '090000802ad9c0da411a0d627261696e2e4576656e743a32',
  );
});

test('writes integers beyond 32 bits, and texts by their bytes', () => {
  expect(hex(new ProtoMessage().integer(2, Number.MAX_SAFE_INTEGER).encode())).toBe('10ffffffffffffff0f');
  expect(hex(new ProtoMessage().integer(200, 128).text(1, 'ä').encode())).toBe('c00c80010a02c3a4');
});

const column = (rows: Float64Array, index: number): number[] => [...rows].filter((_, at) => at % 3 === index);

test('counts as TensorFlow counts', () => {
  const { rows } = countBuckets(Float32Array.of(0.5, -0.25, 0.1, 0.75, 2, 1.99, -1));
  const counts = [1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2];
  expect(column(rows, 2)).toEqual(counts);
  const tenths = countBuckets(Float32Array.from({ length: 31 }, (_, index) => index / 10));
  const tenthCounts = [
    1, 1, 1, 1, 1, 1, 2, 0, 2, 0, 1, 1, 2, 1, 0, 1, 1, 2, 1, 0, 2, 0, 2, 0, 1, 2, 0, 2, 0, 2,
  ];
  expect(column(tenths.rows, 2)).toEqual(tenthCounts);
  column(rows, 0).forEach((left, bucket) => expect(left).toBeCloseTo(-1 + bucket / 10, 12));
  column(rows, 1).forEach((right, bucket) => expect(right).toBeCloseTo(-0.9 + bucket / 10, 12));
  expect(rows.at(-2)).toBe(2);
});

test('puts equal values into the last bucket', () => {
  const { rows } = countBuckets([3, 3, 3]);
  expect([new Set(column(rows, 0)), new Set(column(rows, 1))]).toEqual([new Set([3]), new Set([3])]);
  expect(column(rows, 2)).toEqual([...Array.from({ length: 29 }, () => 0), 3]);
});

test('is all 0 without values', () => {
  for (const values of [[], [NaN, Infinity]])
    expect([...countBuckets(values).rows]).toEqual(Array.from({ length: 90 }, () => 0));
});

test('leaves out values that are not finite', () => {
  expect(countBuckets([NaN, 1, -Infinity, 2, Infinity])).toEqual(countBuckets([1, 2]));
});
