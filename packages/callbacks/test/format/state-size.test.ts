import { afterEach, expect, test, vi } from 'vitest';
import type { StateRecord } from '../../src/contract/state.js';
import { decodeCheckpoint } from '../../src/format/decode-checkpoint.js';
import { encodeCheckpoint } from '../../src/format/encode-checkpoint.js';
import { StateSize } from '../../src/format/state-size.js';
import { captureOf, encoded, entryOf, header, thrownBy } from './checkpoint-parts.js';
import { jsonWith, writeCheckpointNaively } from './naive-file.js';

const state = (text: string) => writeCheckpointNaively(jsonWith(text), {});
const list = (item: string, count: number) => state(`{"a":[${Array.from({ length: count }, () => item)}]}`);

afterEach(() => void vi.restoreAllMocks());

/** The object, its key and the array of `{"a":[…]}`. */
const OUTER = 80 + 160 + 64;

test.each([
  ['0', 16],
  ['-0.5', 16],
  ['{"$number":"NaN"}', 16],
  ['null', 16],
  ['true', 16],
  ['""', 40],
  ['"a longer string, which takes no more than its bytes in the file"', 40],
  ['[]', 64],
  ['[[]]', 128],
  ['[0]', 80],
  ['{}', 80],
  ['{"a":0}', 96],
  ['{"b":0}', 256],
  ['{"$$b":0}', 256],
  ['{"$capture":[]}', 800],
])('counts %s in a state as %i bytes, and refuses it at one less', (value, size) => {
  const bytes = list(value, 1);
  expect(decodeCheckpoint(bytes, { maxStateBytes: OUTER + size }).training.state).toHaveProperty('a');
  const error = thrownBy(() => decodeCheckpoint(bytes, { maxStateBytes: OUTER + size - 1 }));
  expect(error).toMatchObject({ code: 'KEEPFIT_CHECKPOINT_CORRUPT' });
  expect((error as Error).message).toContain(`take more memory than the limit of ${OUTER + size - 1} bytes`);
});

test('a key counts once in a state, however many objects have it', () => {
  const bytes = list('{"a":0}', 100);
  expect(decodeCheckpoint(bytes, { maxStateBytes: OUTER + 100 * 96 }).training.state['a']).toHaveLength(100);
  const others = state(`{"a":[${Array.from({ length: 100 }, (_, index) => `{"k${index}":0}`)}]}`);
  expect(() => decodeCheckpoint(others, { maxStateBytes: OUTER + 100 * 256 - 1 })).toThrow('more memory');
});

// 3 bytes of the file take 40 of memory, so 27 MB would take 440 MB.
test.each(['[]', '{}', '[[[[]]]]', '{"$capture":[]}', '{"a":[]}'])(
  'stops at the limit, not at the end of a file full of %s',
  (item) => {
    const count = 2_000_000 / item.length;
    const error = thrownBy(() => decodeCheckpoint(list(item, count), { maxStateBytes: 1_000_000 })) as Error;
    const [, place] = /more memory than the limit .*character (\d+)/.exec(error.message) ?? [];
    expect(Number(place)).toBeLessThan(70_000);
  },
);

test('the default limits have room for 20 metrics of 100,000 epochs, in either form (here 3 % of both)', () => {
  const epochs = Array.from({ length: 3000 }, (_, epoch) => epoch / 7);
  const metrics = Array.from({ length: 20 }, (_, index) => `metric_${index}`);
  const byMetric = `{${metrics.map((name) => `"${name}":[${epochs}]`)}}`;
  const byEpoch = `{"a":[${epochs.map((value) => `{${metrics.map((name) => `"${name}":${value}`)}}`)}]}`;
  const limits = { maxStateBytes: 3_000_000, maxValues: 300_000 };
  expect(Object.keys(decodeCheckpoint(state(byMetric), limits).training.state)).toEqual(metrics);
  expect(decodeCheckpoint(state(byEpoch), limits).training.state['a']).toHaveLength(3000);
});

test('writer and reader count the same', async () => {
  const sizes = [vi.spyOn(StateSize.prototype, 'add'), vi.spyOn(StateSize.prototype, 'addKey')];
  const total = () => {
    const found = Math.max(...sizes.flatMap(({ mock }) => mock.results.map(({ value }) => value as number)));
    for (const size of sizes) size.mockClear();
    return found;
  };
  const states: StateRecord[] = [
    {},
    { a: [], b: {}, $c: '', d: null },
    { a: [{ x: 1, y: NaN }, { x: -0, y: Infinity }, { z: [true, 'text', { x: [] }] }] },
    { a: Float32Array.of(1, 2), b: captureOf(entryOf('k', Int8Array.of(1), 'int8')), c: captureOf() },
  ];
  for (const each of states) {
    const bytes = await encoded(each);
    const written = total();
    decodeCheckpoint(bytes);
    expect(total()).toBe(written);
  }
});

test('what could not be read is not written', () => {
  const tooMany = Array.from({ length: 126_000 }, () => captureOf());
  const error = thrownBy(() => encodeCheckpoint({ entries: [], state: { callbacks: tooMany } }, header));
  expect(error).toMatchObject({ code: 'KEEPFIT_INVALID_STATE' });
  expect((error as Error).message).toMatch(
    /state\.callbacks\[12\d{4}\] cannot .* take at most 100000000 bytes of memory; keep many numbers in typed/,
  );
});
