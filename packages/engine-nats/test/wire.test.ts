import { expect, test } from 'vitest';
import { isSameSum } from '../src/coordinator/is-same-sum.js';
import { decodeValue, encodeValue } from '../src/wire/codec.js';
import { readPacket, writePacket } from '../src/wire/packet.js';
import { cutIntoParts, joinParts, type Part } from '../src/wire/parts.js';

const value = {
  numbers: [0, -0, NaN, Infinity, -Infinity, 1e-320],
  list: [undefined, null, true, 'ü', { $: 'Float32Array', at: 3 }],
  arrays: { floats: Float32Array.of(1, -0, NaN), none: new Int32Array(0), bytes: Uint8Array.of(1, 2, 3) },
  doubles: [Float64Array.of(0.1)],
  missing: undefined,
};

test('values come back as they were, also those that JSON does not have', () => {
  expect(decodeValue(encodeValue(value))).toStrictEqual(value);
  // As from the middle of a message, at an address that no array can have.
  const moved = new Uint8Array([7, ...encodeValue(value)]).subarray(1);
  expect(decodeValue(moved)).toStrictEqual(value);
});

test('bytes that are no value are an error', () => {
  const bytes = encodeValue(value);
  for (const size of [0, 3, 20, bytes.length - 8])
    expect(() => decodeValue(bytes.slice(0, size))).toThrow(/./);
  expect(() => decodeValue(encodeValue({ $: 'BigInt64Array' }).slice(0, 9))).toThrow(/./);
});

test('a message with one wrong bit, or too few bytes, is none', () => {
  const bytes = writePacket({ kind: 'idle' }, Uint8Array.of(1, 2, 3));
  expect(readPacket(bytes)).toEqual({ head: { kind: 'idle' }, body: Uint8Array.of(1, 2, 3) });
  for (let at = 0; at < bytes.length; at++)
    expect(readPacket(bytes.map((byte, place) => (place === at ? byte ^ 1 : byte)))).toBeUndefined();
  for (const other of [bytes.slice(0, -1), new Uint8Array(0), 'text', undefined])
    expect(readPacket(other)).toBeUndefined();
});

test('parts are joined if all are there, and of the same bytes', () => {
  const bytes = Uint8Array.from({ length: 10_000 }, (_, at) => at % 251);
  const cut = (version: number, from = bytes) => cutIntoParts(from, { incarnation: 'a', version }, 8192);
  const parts = cut(1);
  expect(parts.map(({ body }) => body.length)).toEqual([4096, 4096, 1808]);
  expect(joinParts(parts)).toEqual(bytes);
  expect(joinParts(cut(1, new Uint8Array(0)))).toEqual(new Uint8Array(0));
  const mixed = [parts[0], cut(2)[1], parts[2]];
  for (const wrong of [mixed, parts.slice(0, 2), [parts[0], undefined, parts[2]], [...parts].reverse()])
    expect(joinParts(wrong as Part[])).toBeUndefined();
});

test('sums are the same if all bits are, and a NaN equals any NaN', () => {
  const other = new Uint8Array(Float32Array.of(NaN).buffer.slice(0));
  other[0] = 1;
  const nans = [Float32Array.of(NaN), new Float32Array(other.buffer)];
  expect(isSameSum({ gradients: [nans[0]] }, { gradients: [nans[1]] })).toBe(true);
  expect(isSameSum(value, decodeValue(encodeValue(value)))).toBe(true);
  for (const [one, two] of [
    [[0], [-0]],
    [Float32Array.of(0), Float32Array.of(-0)],
    [Float32Array.of(1), Int32Array.of(1)],
    [Float32Array.of(1), Float32Array.of(1, 2)],
    [{ a: undefined }, {}],
    [[1], { 0: 1 }],
  ])
    expect(isSameSum(one, two)).toBe(false);
});
