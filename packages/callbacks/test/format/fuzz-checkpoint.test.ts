import { expect, test } from 'vitest';
import { decodeCheckpoint } from '../../src/format/decode-checkpoint.js';
import { readSafetensors } from '../../src/format/read-safetensors.js';
import { captureOf, encoded, entryOf } from './checkpoint-parts.js';
import { readNaively, writeCheckpointNaively } from './naive-file.js';
import { randomNumbers } from './random-numbers.js';

/** Texts that break careless readers. */
const MORSELS = [
  '"',
  '\\',
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '__proto__',
  'constructor',
  '\\u0000',
  '\\ud800',
  '-',
  '0',
  '9007199254740993',
  '1e999',
  '$',
  '$$',
  '"$array"',
  '"$number"',
  '"$capture":[',
  'null',
  'F32',
  'U8',
  'Float32Array',
  '\ufeff',
  ' ',
  '[0,0]',
  '"state/a"',
  '4294967296',
  '\u2028',
];

const capture = captureOf(entryOf('k', Int16Array.of(1, 2), 'int16'));
const state = {
  a: Float32Array.of(1, 2),
  n: NaN,
  s: 'text "quoted"',
  list: [1, [2, { $x: -0 }]],
  c: capture,
};
const entries = [
  entryOf('w', Float32Array.of(1, 2, 3, 4), 'float32', [2, 2]),
  entryOf('m', Uint8Array.of(1, 0), 'bool'),
];
const whole = await encoded(state, entries);

function mutated(text: string, random: () => number): string {
  const below = (limit: number) => Math.floor(random() * limit);
  let result = text;
  for (let times = 1 + below(3); times > 0; times--) {
    const at = below(result.length);
    const morsel =
      random() < 0.5
        ? MORSELS[below(MORSELS.length)]!
        : result.slice(below(result.length)).slice(0, below(12));
    result = result.slice(0, at) + morsel + result.slice(at + (random() < 0.5 ? morsel.length : below(4)));
  }
  return result;
}

/** Counts clean reads and refusals; anything else fails the test. */
function readAll(
  read: (bytes: Uint8Array) => unknown,
  inputs: Iterable<Uint8Array>,
): { clean: number; refused: number } {
  const counts = { clean: 0, refused: 0 };
  for (const bytes of inputs) {
    try {
      read(bytes);
      counts.clean++;
    } catch (error) {
      expect((error as { code?: string }).code).toMatch(/^KEEPFIT_CHECKPOINT_(CORRUPT|VERSION)$/);
      counts.refused++;
    }
  }
  return counts;
}

function expectCleanPrototypes(): void {
  expect(Object.keys(Object.prototype)).toEqual([]);
  for (const key in {}) expect.unreachable(`Object.prototype has ${key}`);
  expect(Object.getPrototypeOf({})).toBe(Object.prototype);
}

test('refuses whatever is changed in a file', () => {
  const random = randomNumbers(1);
  const changed = Array.from({ length: 1500 }, () =>
    Buffer.from(mutated(Buffer.from(whole).toString('latin1'), random), 'latin1'),
  );
  const inputs = changed.filter((bytes) => Buffer.compare(bytes, whole) !== 0);
  expect(readAll(decodeCheckpoint, inputs)).toEqual({ clean: 0, refused: inputs.length });
  expectCleanPrototypes();
});

test('reads or refuses any header, whatever it says', () => {
  const random = randomNumbers(2);
  const { header } = readNaively(whole);
  const text = Buffer.from(header.subarray(8)).toString();
  const inputs = Array.from({ length: 2000 }, () => {
    const json = Buffer.from(mutated(text, random));
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(json.length));
    return Buffer.concat([length, json, whole.subarray(header.length)]);
  });
  const { clean, refused } = readAll(readSafetensors, inputs);
  expect(clean).toBeGreaterThan(100);
  expect(refused).toBeGreaterThan(500);
  expectCleanPrototypes();
});

test('reads or refuses any state whose checksums are right', () => {
  const random = randomNumbers(3);
  const { metadata, tensors } = readNaively(whole);
  const { 'keepfit.crc32': _, ...others } = tensors;
  const from = metadata['keepfit']!.indexOf('"state"');
  const inputs = Array.from({ length: 2000 }, () => {
    const json = metadata['keepfit']!.slice(0, from) + mutated(metadata['keepfit']!.slice(from), random);
    return writeCheckpointNaively(json, others);
  });
  const { clean, refused } = readAll(decodeCheckpoint, inputs);
  expect(clean).toBeGreaterThan(20);
  expect(refused).toBeGreaterThan(500);
  expectCleanPrototypes();
});
