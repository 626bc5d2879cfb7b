import { expect, test } from 'vitest';
import type { Capture, CaptureEntry, DType, StateRecord, StateValue } from '../../src/contract/state.js';
import { decodeCheckpoint } from '../../src/format/decode-checkpoint.js';
import { encodeCheckpoint } from '../../src/format/encode-checkpoint.js';
import { bytesOf, captureOf, encoded, entryOf, header, throughFile, thrownBy } from './checkpoint-parts.js';
import { jsonWith, writeCheckpointNaively } from './naive-file.js';
import { randomBytes } from './random-numbers.js';

test('gives back header, state and tensors', async () => {
  const kernel = entryOf('dense/kernel', Float32Array.of(1, NaN, -0, Infinity, 5, 6), 'float32', [2, 3]);
  const state = { progress: { epoch: 1, batch: 2, step: 3 }, list: [null, true, false, 'text', [], {}] };
  const decoded = decodeCheckpoint(await encoded(state, [kernel]));
  expect(decoded.header).toStrictEqual(header);
  expect(decoded.training.state).toStrictEqual(state);
  expect([...decoded.training.tensors]).toEqual([
    ['dense/kernel', { dtype: 'float32', shape: [2, 3], bytes: await kernel.read() }],
  ]);
});

const sizes: Record<DType, number> = {
  float64: 8,
  float32: 4,
  int32: 4,
  uint32: 4,
  int16: 2,
  uint16: 2,
  int8: 1,
  uint8: 1,
  bool: 1,
};
const entriesOfAllTypes: CaptureEntry[] = Object.entries(sizes).flatMap(([dtype, size]) =>
  [[], [3], [2, 0], [0], [1, 1, 5]].map((shape, index) => {
    const bytes = randomBytes(index, size * shape.reduce((product, length) => product * length, 1));
    return { name: `${dtype}/${shape.join('x')}`, dtype: dtype as DType, shape, read: async () => bytes };
  }),
);

test.each([0, 1, 2, 4, 7])(
  'gives back every type and shape bit for bit from bytes that begin at offset %i',
  async (offset) => {
    const bytes = await encoded(
      { a: Float64Array.of(1, 2), b: captureOf(...entriesOfAllTypes) },
      entriesOfAllTypes,
    );
    const buffer = new Uint8Array(bytes.length + 16);
    buffer.set(bytes, offset);
    const { tensors, state } = decodeCheckpoint(buffer.subarray(offset, offset + bytes.length)).training;
    expect(tensors.size).toBe(entriesOfAllTypes.length);
    const captured = state['b'] as Capture;
    expect(captured.entries.length).toBe(entriesOfAllTypes.length);
    for (const [index, { name, dtype, shape, read }] of entriesOfAllTypes.entries()) {
      const wanted = { dtype, shape, bytes: await read() };
      expect(tensors.get(name)).toEqual(wanted);
      expect(tensors.get(name)!.bytes.byteOffset % sizes[dtype]).toBe(0);
      const entry = captured.entries[index]!;
      expect({ name: entry.name, dtype: entry.dtype, shape: entry.shape, bytes: await entry.read() }).toEqual(
        { name, ...wanted },
      );
    }
  },
);

test('makes no copy of aligned tensors', async () => {
  const bytes = await encoded(
    { c: captureOf(entryOf('c', Float64Array.of(1), 'float64')) },
    entriesOfAllTypes,
  );
  const { tensors, state } = decodeCheckpoint(bytes).training;
  for (const tensor of tensors.values()) expect(tensor.bytes.buffer).toBe(bytes.buffer);
  expect((await (state['c'] as Capture).entries[0]!.read()).buffer).toBe(bytes.buffer);
});

test.each([
  0,
  -0,
  NaN,
  Infinity,
  -Infinity,
  0.1,
  5e-324,
  1.7976931348623157e308,
  1e21,
  1e-7,
  2 ** 53 + 2,
  -1,
  123456789012345680000,
])('keeps the number %d', async (number) => {
  expect(await throughFile(number)).toBe(number);
});

const strings = [
  '',
  'é😀',
  '\0\b\n\u2028"\\/',
  'a lone \ud800 surrogate \udc00',
  '\ufeff',
  '$number',
  'constructor',
  'C:\\',
  '\\"\\',
];

test.each(strings)('keeps the string %j, as a value and as a key', async (text) => {
  expect(await throughFile(text)).toBe(text);
  expect(await throughFile({ [text]: [text] })).toEqual({ [text]: [text] });
});

test('keeps keys that look like its own placeholders', async () => {
  const state = {
    $number: 'NaN',
    $$number: 'NaN',
    $: 1,
    $$: 2,
    x: { $array: 'Float32Array' },
    y: { $$capture: [{ $number: '-0' }] },
    $z: Int8Array.of(1),
  };
  expect(await throughFile(state)).toStrictEqual(state);
});

test('keeps the order of keys, and keys of every object as keys', async () => {
  const state = { z: 1, constructor: 2, a: 3, toString: 4, hasOwnProperty: 5 };
  const back = (await throughFile(state)) as StateRecord;
  expect(Object.entries(back)).toEqual(Object.entries(state));
  expect(Object.getPrototypeOf(back)).toBe(Object.prototype);
});

test.each([
  Float64Array.of(1, NaN, -0),
  Float32Array.of(0.5, -Infinity),
  Int32Array.of(-1),
  Uint32Array.of(2 ** 32 - 1),
  Int16Array.of(-2),
  Uint16Array.of(65535),
  Int8Array.of(-3),
  Uint8Array.of(255),
  Uint8ClampedArray.of(254),
  new Float32Array(0),
])('gives back a typed array as what it was: %o', async (array) => {
  expect(await throughFile(array)).toStrictEqual(array);
  expect(await throughFile({ deep: [0, { 'a/b~c': array }] })).toStrictEqual({
    deep: [0, { 'a/b~c': array }],
  });
});

test('keeps arrays apart whose paths look alike', async () => {
  const value = {
    'a/b': Int8Array.of(1),
    a: { b: Int8Array.of(2), 'b~1': Int8Array.of(3) },
    'a~1b': Int8Array.of(4),
    '\ud800': Int8Array.of(5),
    '~d800': Int8Array.of(6),
    list: [Int8Array.of(7), { 0: Int8Array.of(8) }],
  };
  expect(await throughFile(value)).toStrictEqual(value);
});

test('keeps a part of a larger array only, and gives memory of its own', async () => {
  const back = (await throughFile(new Float32Array(100).fill(3).subarray(10, 12))) as Float32Array;
  expect(back).toStrictEqual(Float32Array.of(3, 3));
  expect(back.buffer.byteLength).toBe(8);
});

test('gives captures with strange entry names back, which can be cloned and captured again', async () => {
  const names = ['__proto__', 'constructor', 'a/b', '', '~', '😀', 'state/value/a'];
  const capture = captureOf(...names.map((name, index) => entryOf(name, Uint8Array.of(index), 'uint8')));
  const back = (await throughFile([capture, captureOf()])) as [Capture, Capture];
  const again = (await throughFile(back[0].clone())) as Capture;
  expect(back[1].entries).toEqual([]);
  for (const { entries } of [back[0], again]) {
    expect(entries.map(({ name }) => name)).toEqual(names);
    expect(await Promise.all(entries.map((entry) => entry.read()))).toEqual(
      names.map((_, index) => Uint8Array.of(index)),
    );
  }
  expect(() => back[0].dispose()).not.toThrow();
});

test('takes strange tensor names without touching a prototype', async () => {
  const names = [
    '__proto__',
    'constructor',
    'toString',
    '',
    '../../etc/passwd',
    'a\0b',
    'ключ',
    'state',
    'state/x',
  ];
  const bytes = await encoded(
    { x: 1 },
    names.map((name, index) => entryOf(name, Uint8Array.of(index), 'uint8')),
  );
  const { tensors } = decodeCheckpoint(bytes).training;
  expect(names.map((name) => tensors.get(name)!.bytes[0])).toEqual(names.map((_, index) => index));
  expect(Object.getOwnPropertyNames(Object.prototype)).toHaveLength(12);
});

test('keeps what stands as deep as the writer allows', async () => {
  const nested = (levels: number, inner: StateValue): StateValue =>
    levels === 0 ? inner : [nested(levels - 1, inner)];
  for (const inner of [NaN, Int8Array.of(1), [], {}]) {
    const levels = typeof inner === 'number' || ArrayBuffer.isView(inner) ? 99 : 98;
    expect(await throughFile(nested(levels, inner))).toStrictEqual(nested(levels, inner));
    expect(
      thrownBy(() => encodeCheckpoint({ entries: [], state: { value: nested(levels + 1, inner) } }, header)),
    ).toMatchObject({
      code: 'KEEPFIT_INVALID_STATE',
    });
  }
});

test('takes thousands of tensors and numbers', async () => {
  const entries = Array.from({ length: 5000 }, (_, index) =>
    entryOf(`layer_${index}/kernel`, Float32Array.of(index), 'float32'),
  );
  const loss = Array.from({ length: 50_000 }, (_, index) => 1 / (index + 1));
  const { training } = decodeCheckpoint(
    await bytesOf(encodeCheckpoint({ entries, state: { loss } }, header)),
  );
  expect(training.tensors.size).toBe(5000);
  expect(training.state['loss']).toEqual(loss);
});

test('reads a checkpoint that another program wrote', () => {
  const tensors = {
    b: { dtype: 'U8', shape: [], bytes: Uint8Array.of(3) },
    'state/m': { dtype: 'U8', shape: [2], bytes: Uint8Array.of(1, 2) },
  };
  const json = jsonWith(' { "m" : {"$array":"Uint8ClampedArray"}, "n":\n[1, {"$number":"-0"}] } ');
  const { training } = decodeCheckpoint(writeCheckpointNaively(json, tensors));
  expect(training.state).toStrictEqual({ m: Uint8ClampedArray.of(1, 2), n: [1, -0] });
  expect([...training.tensors.keys()]).toEqual(['b']);
});
