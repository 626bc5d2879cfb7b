import { crc32 } from 'node:zlib';
import { expect, test } from 'vitest';
import type { CaptureEntry, DType, StateRecord } from '../../src/contract/state.js';
import { encodeCheckpoint } from '../../src/format/encode-checkpoint.js';
import { bytesOf, captureOf, encoded, entryOf, header, thrownBy } from './checkpoint-parts.js';
import { readNaively } from './naive-file.js';

const invalid = expect.objectContaining({ code: 'KEEPFIT_INVALID_STATE' });
const MiB = 1024 * 1024;

/** An entry that counts how often it was read, without a byte of memory before. */
function lazyEntry(name: string, byteLength: number, log: string[]): CaptureEntry {
  const read = async () => {
    log.push(name);
    return new Uint8Array(byteLength).fill(name.charCodeAt(0));
  };
  return { name, dtype: 'uint8', shape: [byteLength], read };
}

test('writes a file that a naive reader understands', async () => {
  const entries = [
    entryOf('flags', Uint8Array.of(1, 0, 1), 'bool'),
    entryOf('kernel', Float32Array.of(1.5, -2, 3, 4, 5, 6), 'float32', [2, 3]),
    entryOf('double', Float64Array.of(Math.PI), 'float64', []),
    entryOf('short', Int16Array.of(-7), 'int16'),
    entryOf('bias', Int32Array.of(9), 'int32'),
  ];
  const bytes = await encoded({ epoch: 3, slots: { 'a/b': Uint8Array.of(4, 5) } }, entries);
  const { metadata, tensors, order, header: headerBytes } = readNaively(bytes);
  expect(order).toEqual(['double', 'bias', 'kernel', 'short', 'flags', 'state/slots/a~1b', 'keepfit.crc32']);
  expect(tensors['kernel']).toEqual({
    dtype: 'F32',
    shape: [2, 3],
    bytes: new Uint8Array(Float32Array.of(1.5, -2, 3, 4, 5, 6).buffer),
  });
  expect(tensors['flags']).toEqual({ dtype: 'BOOL', shape: [3], bytes: Uint8Array.of(1, 0, 1) });
  expect(tensors['double']!.shape).toEqual([]);
  expect(headerBytes.length % 8).toBe(0);
  expect(Object.keys(metadata)).toEqual(['keepfit', 'format']);
  expect(metadata['format']).toBe('keepfit');
  const state = { epoch: 3, slots: { 'a/b': { $array: 'Uint8Array' } } };
  expect(JSON.parse(metadata['keepfit']!)).toEqual({ format: 1, ...header, state });
});

test('puts the checksums of the header and of each tensor last', async () => {
  const entries = [entryOf('b', Uint8Array.of(1), 'uint8'), entryOf('a', Uint8Array.of(2), 'uint8')];
  const { tensors, order, header: headerBytes } = readNaively(await encoded({}, entries));
  const sums = tensors['keepfit.crc32']!;
  expect(order.at(-1)).toBe('keepfit.crc32');
  expect(sums).toMatchObject({ dtype: 'U32', shape: [3] });
  expect([...new Uint32Array(sums.bytes.buffer)]).toEqual([
    crc32(headerBytes),
    crc32(Uint8Array.of(2)),
    crc32(Uint8Array.of(1)),
  ]);
});

test('knows its length before anything is read', async () => {
  const log: string[] = [];
  const content = encodeCheckpoint(
    { entries: [lazyEntry('a', 1000, log), lazyEntry('b', 0, log)], state: {} },
    header,
  );
  expect(log).toEqual([]);
  expect((await bytesOf(content)).length).toBe(content.byteLength);
  expect(log).toEqual(['a', 'b']);
});

test('yields at most 1 MiB at a time and reads an entry only when its turn comes', async () => {
  const log: string[] = [];
  const entries = [lazyEntry('a', 2.25 * MiB, log), lazyEntry('b', 1.25 * MiB, log), lazyEntry('c', 1, log)];
  const content = encodeCheckpoint({ entries, state: {} }, header);
  const seen: [size: number, read: string][] = [];
  for await (const chunk of content.chunks) seen.push([chunk.length / MiB, log.join('')]);
  expect(seen.map(([size]) => size).slice(0, -1)).toEqual([1, 1, 1]);
  expect(seen.map(([, read]) => read)).toEqual(['a', 'a', 'ab', 'abc']);
});

test('lets the event loop turn while a store takes chunks without waiting', async () => {
  const content = encodeCheckpoint({ entries: [lazyEntry('a', 10 * MiB, [])], state: {} }, header);
  const seen: number[] = [];
  let turns = 0;
  let next: NodeJS.Immediate;
  const count = () => {
    turns += 1;
    next = setImmediate(count);
  };
  next = setImmediate(count);
  for await (const _chunk of content.chunks) seen.push(turns);
  clearImmediate(next);
  expect(seen[2]).toBe(seen[0]);
  expect(seen[3]).toBeGreaterThan(seen[2]!);
  expect(seen[9]).toBeGreaterThan(seen[6]!);
});

test('gives all parts of a small state without waiting for a turn', async () => {
  const { parts } = encodeCheckpoint({ entries: [lazyEntry('a', 2.5 * MiB, [])], state: {} }, header);
  let hasTurned = false;
  const next = setImmediate(() => {
    hasTurned = true;
  });
  const lengths: number[] = [];
  const readInto = parts!.createReader();
  do lengths.push(await readInto(new Uint8Array(MiB)));
  while (lengths.at(-1) !== 0);
  clearImmediate(next);
  expect(lengths.slice(0, 2)).toEqual([MiB, MiB]);
  expect(hasTurned).toBe(false);
});

test('begins again in each iteration, also after another, or its parts, stopped in the middle', async () => {
  const entries = [lazyEntry('a', 2.25 * MiB, []), lazyEntry('b', 1.25 * MiB, [])];
  const content = encodeCheckpoint({ entries, state: { step: 1 } }, header);
  const whole = await bytesOf(content);
  for await (const chunk of content.chunks) if (chunk.length > 0) break;
  const first = new Uint8Array(1000);
  for (let round = 0; round < 2; round++) {
    expect(await content.parts!.createReader()(first.fill(0))).toBe(1000);
    expect(first).toEqual(whole.subarray(0, 1000));
  }
  expect(Buffer.compare(await bytesOf(content), whole)).toBe(0);
  expect(readNaively(whole).metadata['keepfit']).toContain('"step":1');
});

test('a content with changed chunks has no parts, so that no store writes the parts of the old chunks', () => {
  const content = encodeCheckpoint({ entries: [], state: { step: 1 } }, header);
  const { chunks, ...rest } = content;
  expect(content.parts).toBeDefined();
  for (const changed of [{ ...content, chunks }, Object.assign({}, content), rest])
    expect('parts' in changed).toBe(false);
});

test('keeps what the state held when it was called', async () => {
  const moments = Float32Array.of(1, 2);
  const state = { step: 1, moments };
  const content = encodeCheckpoint({ entries: [], state }, header);
  state.step = 2;
  moments.fill(9);
  const { metadata, tensors } = readNaively(await bytesOf(content));
  expect(JSON.parse(metadata['keepfit']!)).toMatchObject({ state: { step: 1 } });
  expect(tensors['state/moments']!.bytes).toEqual(new Uint8Array(Float32Array.of(1, 2).buffer));
});

test('reads again what lost its memory while a chunk was written', async () => {
  const values = new Uint8Array(5 * MiB).fill(7);
  const views: Uint8Array[] = [];
  const read = async () => {
    views.push(values.slice());
    return views.at(-1)!;
  };
  const content = encodeCheckpoint(
    { entries: [{ name: 'heap', dtype: 'uint8', shape: [values.length], read }], state: {} },
    header,
  );
  const chunks: Uint8Array[] = [];
  for await (const chunk of content.chunks) {
    const view = views.at(-1)!;
    if (view.length > 0) structuredClone(view.buffer, { transfer: [view.buffer as ArrayBuffer] });
    chunks.push(chunk.slice());
  }
  expect(views.length).toBeGreaterThan(1);
  expect(
    Buffer.compare(readNaively(new Uint8Array(Buffer.concat(chunks))).tensors['heap']!.bytes, values),
  ).toBe(0);
});

test('reads again what lost its memory before it could be taken', async () => {
  const answers = [new Uint8Array(0), Uint8Array.of(1, 2)];
  const { tensors } = readNaively(
    await encoded({}, [{ name: 'heap', dtype: 'int8', shape: [2], read: async () => answers.shift()! }]),
  );
  expect(tensors['heap']!.bytes).toEqual(Uint8Array.of(1, 2));
});

test.each<[name: string, read: () => Promise<unknown>]>([
  ['too few bytes', async () => new Uint8Array(7)],
  ['too many bytes', async () => new Uint8Array(9)],
  ['no bytes', async () => new Uint8Array(0)],
  ['other items than bytes', async () => new Float32Array(2)],
  ['an ArrayBuffer', async () => new ArrayBuffer(8)],
  ['nothing', async () => undefined],
])('rejects an entry that reads %s, naming it', async (_, read) => {
  const entry = { name: 'dense/kernel', dtype: 'float32', shape: [2], read } as CaptureEntry;
  const error: unknown = await encoded({}, [entry]).catch((thrown: unknown) => thrown);
  expect(error).toEqual(invalid);
  expect((error as Error).message).toContain('reading tensor "dense/kernel" gave');
});

test('passes on the error of an entry that cannot be read', async () => {
  const lost = new Error('device lost');
  const entry: CaptureEntry = { name: 'w', dtype: 'int8', shape: [1], read: () => Promise.reject(lost) };
  await expect(encoded({}, [entry])).rejects.toBe(lost);
});

const cyclic: Record<string, unknown> = { list: [] };
(cyclic['list'] as unknown[]).push(cyclic);
const deep = (levels: number): StateRecord => (levels === 1 ? {} : { x: deep(levels - 1) });

test.each<[place: string, state: Record<string, unknown>]>([
  ['state.callbacks[2].x is undefined', { callbacks: [1, null, { x: undefined }] }],
  ['state.list[1] is undefined', { list: Object.assign(Array(2), { 0: 1 }) }],
  ['state.f is the function f', { f() {} }],
  ['state.big is 1', { big: 1n }],
  ['state.symbol is Symbol(s)', { symbol: Symbol('s') }],
  ['state.date is a Date', { date: new Date(0) }],
  ['state.map is a Map', { map: new Map() }],
  ['state.big is a BigInt64Array', { big: new BigInt64Array(1) }],
  ['state.view is a DataView', { view: new DataView(new ArrayBuffer(1)) }],
  ['state.buffer is a Buffer', { buffer: Buffer.of(1) }],
  ['state.raw is a ArrayBuffer', { raw: new ArrayBuffer(1) }],
  ['state.own is a Own', { own: new (class Own {})() }],
  [
    'state.list cannot be kept in a checkpoint: it is an instance of a subclass of Array',
    { list: new (class extends Array {})() },
  ],
  ['state.o cannot be kept in a checkpoint: it has a symbol as a key', { o: { [Symbol('s')]: 1 } }],
  ['state["odd key"].__proto__ cannot be kept', { 'odd key': JSON.parse('{"__proto__": {}}') as unknown }],
  ['state.list[0] cannot be kept in a checkpoint: it is circular', cyclic],
  ['cannot be kept in a checkpoint: a state is at most 100 objects and arrays deep', deep(101)],
  [
    'state.c cannot be kept in a checkpoint: entries[0] of this capture has no name',
    { c: { entries: [{}], dispose() {} } },
  ],
])('refuses a state where %s', (place, state) => {
  const error = thrownBy(() => encodeCheckpoint({ entries: [], state: state as StateRecord }, header));
  expect(error).toEqual(invalid);
  expect((error as Error).message).toContain(place);
});

test('takes what is shared but not cyclic, and what is as deep as allowed', async () => {
  const shared = { x: [1] };
  const bytes = await encoded({ a: shared, b: [shared, shared], deep: deep(99) });
  expect(JSON.parse(readNaively(bytes).metadata['keepfit']!)).toMatchObject({
    state: { a: shared, b: [shared, shared] },
  });
});

test.each([null, undefined, [], 'text', new Map(), captureOf()])('refuses %j for a state', (state) => {
  expect(
    thrownBy(() => encodeCheckpoint({ entries: [], state: state as unknown as StateRecord }, header)),
  ).toEqual(invalid);
});

const entry = entryOf('w', Uint8Array.of(1), 'uint8');

test.each<[message: string, entries: unknown[]]>([
  ['tensor "w" has the name of another tensor', [entry, entry]],
  ['tensor "state/v" has the name of another tensor', [{ ...entry, name: 'state/v' }]],
  ['tensor "keepfit.crc32" has the name of another tensor', [{ ...entry, name: 'keepfit.crc32' }]],
  ['tensor "__metadata__" has a name that the file format reserves', [{ ...entry, name: '__metadata__' }]],
  ['has a lone surrogate in its name', [{ ...entry, name: 'a\ud800' }]],
  ['tensor "w" has type "float16"', [{ ...entry, dtype: 'float16' }]],
  ['tensor "w" has type "toString"', [{ ...entry, dtype: 'toString' }]],
  ['tensor "w" must have a shape', [{ ...entry, shape: [-1] }]],
  ['tensor "w" must have a shape', [{ ...entry, shape: [0.5] }]],
  ['tensor "w" must have a shape', [{ ...entry, shape: Array(1) }]],
  ['tensor "w" must have a shape', [{ ...entry, shape: undefined }]],
  ['tensor "w" must have a shape', [{ ...entry, shape: Array(33).fill(1) }]],
  ['tensor "w" makes the checkpoint larger than any file', [{ ...entry, shape: [2 ** 30, 2 ** 30] }]],
  ['must have a name and a read function', [{ ...entry, name: 3 }]],
  ['must have a name and a read function', [{ ...entry, read: undefined }]],
  ['must have a name and a read function', [undefined]],
])('refuses an entry: %s', (message, entries) => {
  const state = { v: Float32Array.of(1) };
  const error = thrownBy(() => encodeCheckpoint({ entries: entries as CaptureEntry[], state }, header));
  expect(error).toEqual(invalid);
  expect((error as Error).message).toContain(message);
});

test('refuses more tensors than a reader takes', () => {
  const many = Array.from({ length: 100_000 }, (_, index) => ({ ...entry, name: String(index) }));
  expect(thrownBy(() => encodeCheckpoint({ entries: many, state: {} }, header))).toEqual(invalid);
});

const wrongHeaders = [
  { runId: 1 },
  { library: undefined },
  { generation: -1 },
  { generation: 0.5 },
  { savedAt: '2026' },
];

test.each(wrongHeaders)('refuses a header with %j', (wrong) => {
  expect(
    thrownBy(() => encodeCheckpoint({ entries: [], state: {} }, { ...header, ...wrong } as typeof header)),
  ).toEqual(invalid);
});

test('names every type as safetensors does', async () => {
  const codes: Record<DType, string> = {
    float64: 'F64',
    float32: 'F32',
    int32: 'I32',
    uint32: 'U32',
    int16: 'I16',
    uint16: 'U16',
    int8: 'I8',
    uint8: 'U8',
    bool: 'BOOL',
  };
  const entries = Object.keys(codes).map((dtype) => entryOf(dtype, new Uint8Array(0), dtype as DType));
  const { tensors } = readNaively(await encoded({}, entries));
  for (const [dtype, code] of Object.entries(codes)) expect(tensors[dtype]!.dtype).toBe(code);
});
