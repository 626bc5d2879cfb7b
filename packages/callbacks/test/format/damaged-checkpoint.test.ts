import { expect, test } from 'vitest';
import { decodeCheckpoint } from '../../src/format/decode-checkpoint.js';
import { encoded, entryOf, header, thrownBy } from './checkpoint-parts.js';
import { jsonWith, writeCheckpointNaively, writeNaively } from './naive-file.js';

const corrupt = expect.objectContaining({ code: 'KEEPFIT_CHECKPOINT_CORRUPT' });

test('finds every flipped bit', async () => {
  const bytes = await encoded({ a: Uint8Array.of(1), n: NaN }, [
    entryOf('w', Float32Array.of(1, 2), 'float32'),
  ]);
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    bytes[bit >> 3]! ^= 1 << (bit & 7);
    expect(thrownBy(() => decodeCheckpoint(bytes))).toEqual(corrupt);
    bytes[bit >> 3]! ^= 1 << (bit & 7);
  }
  expect(decodeCheckpoint(bytes).header).toEqual(header);
});

test('finds a cut at every length, and bytes too many', async () => {
  const bytes = await encoded({ a: Uint8Array.of(1) }, [entryOf('w', Float32Array.of(1, 2), 'float32')]);
  const wrong = [1, 4, 8, bytes.length].map(
    (extra) => Buffer.concat([bytes, bytes.subarray(0, extra)]) as Uint8Array,
  );
  for (let length = 0; length < bytes.length; length++) wrong.push(bytes.subarray(0, length));
  for (const each of wrong) expect(thrownBy(() => decodeCheckpoint(each))).toEqual(corrupt);
});

test('says which tensor is damaged', async () => {
  const bytes = await encoded({}, [
    entryOf('dense/kernel', Float64Array.of(1), 'float64'),
    entryOf('b', Float32Array.of(1), 'float32'),
  ]);
  bytes[bytes.length - 12 - 4 - 8]! ^= 1;
  expect(() => decodeCheckpoint(bytes)).toThrow('tensor "dense/kernel" does not agree with its checksum');
});

test.each([2, 10, 999999999])('refuses format %i as newer, whatever else is in it', (format) => {
  const json = `{"format":${format},"state":[[[[ not even JSON`;
  const error = thrownBy(() => decodeCheckpoint(writeCheckpointNaively(json, {}, { more: 'metadata' })));
  expect(error).toMatchObject({ code: 'KEEPFIT_CHECKPOINT_VERSION' });
  expect((error as Error).message).toContain(`has format ${format}, and this keepfit reads up to 1`);
  const withoutSums = writeNaively({ metadata: { keepfit: json } });
  expect(thrownBy(() => decodeCheckpoint(withoutSums))).toMatchObject({ code: 'KEEPFIT_CHECKPOINT_VERSION' });
});

test('calls a header that does not agree with its checksum damaged, not newer', async () => {
  const bytes = await encoded();
  const at = Buffer.from(bytes.buffer).indexOf('format\\":1') + 'format\\":'.length;
  bytes[at] = '3'.charCodeAt(0);
  expect(() => decodeCheckpoint(bytes)).toThrow('the header does not agree with its checksum');
});

const oneByte = { dtype: 'U8', shape: [1], bytes: Uint8Array.of(1) };
const state = (text: string, tensors = {}) => writeCheckpointNaively(jsonWith(text), tensors);

test.each<[name: string, message: string, bytes: Uint8Array]>([
  ['no keepfit in the metadata', 'not a checkpoint of keepfit', writeNaively({ metadata: { format: 'pt' } })],
  [
    'no checksums',
    'the last tensor is not "keepfit.crc32"',
    writeNaively({ metadata: { keepfit: jsonWith('{}'), format: 'keepfit' } }),
  ],
  [
    'too few checksums',
    '1 checksums for the header and 1 tensors',
    writeCheckpointNaively(jsonWith('{}'), { b: oneByte }, {}, 1),
  ],
  [
    'too many checksums',
    '3 checksums for the header and 1 tensors',
    writeCheckpointNaively(jsonWith('{}'), { b: oneByte }, {}, 3),
  ],
  [
    'more metadata',
    'the metadata are ["keepfit","format","x"]',
    writeCheckpointNaively(jsonWith('{}'), {}, { x: '' }),
  ],
  ['format 0', 'must begin with a format', writeCheckpointNaively(jsonWith('{}').replace(':1', ':0'))],
  ['format 1.5', 'must begin with a format', writeCheckpointNaively(jsonWith('{}').replace(':1', ':1.5'))],
  [
    'a format that is not first',
    'must begin with a format',
    writeCheckpointNaively('{"runId":"r","format":1}'),
  ],
  [
    'no state',
    'the field "state" is missing',
    writeCheckpointNaively(jsonWith('{}').replace(',"state":{}', '')),
  ],
  ['a field too many', 'the field "x" is unknown', writeCheckpointNaively(jsonWith('{},"x":1'))],
  [
    'no runId',
    'the field "generation" is unknown or out of order',
    writeCheckpointNaively(jsonWith('{}').replace('"runId":"r",', '')),
  ],
  [
    'a generation of -1',
    '-1 is not a whole number',
    writeCheckpointNaively(jsonWith('{}').replace('"generation":1', '"generation":-1')),
  ],
  [
    'a time that is none',
    'is not a time in UTC',
    writeCheckpointNaively(jsonWith('{}').replace('2026-01-31', '2026-13-31')),
  ],
  ['something after the JSON', 'expected the end', writeCheckpointNaively(`${jsonWith('{}')} x`)],
  ['an array for a state', 'the state is not an object', state('[]')],
  ['a placeholder for a state', 'it is a placeholder', state('{"$number":"NaN"}')],
  ['a key twice', 'the key "a" is a duplicate', state('{"a":1,"a":1}')],
  ['a key __proto__', 'state.a: it has a key named "__proto__"', state('{"a":{"__proto__":{"polluted":1}}}')],
  ['an escaped key __proto__', 'it has a key named "__proto__"', state('{"\\u005f_proto__":{}}')],
  ['a number written 4.0', 'the number "4.0" is not written as a double prints it', state('{"a":4.0}')],
  [
    '2^53 + 1',
    'the number "9007199254740993" is not written as a double prints it',
    state('{"a":9007199254740993}'),
  ],
  ['a number beyond all', 'the number "1e999" is not written as a double prints it', state('{"a":1e999}')],
  ['the word NaN', 'expected a number', state('{"a":NaN}')],
  ['a word that is none', 'expected a value', state('{"a":tru}')],
  ['an unknown placeholder', 'state.a: there is no placeholder "$date"', state('{"a":{"$date":1}}')],
  ['an unknown special number', 'no special number "0"', state('{"a":{"$number":"0"}}')],
  [
    'a placeholder with a second key',
    'a placeholder has a second key',
    state('{"a":{"$number":"NaN","b":1}}'),
  ],
  [
    'a placeholder that is a second key',
    '"$number" is not the only key',
    state('{"a":{"b":1,"$number":"NaN"}}'),
  ],
  [
    'an unknown class of arrays',
    'no typed array "constructor"',
    state('{"a":{"$array":"constructor"}}', { 'state/a': oneByte }),
  ],
  [
    'an array of another type',
    'and cannot be a Int8Array',
    state('{"a":{"$array":"Int8Array"}}', { 'state/a': oneByte }),
  ],
  [
    'an array of two dimensions',
    'of shape [1, 1] and cannot',
    state('{"a":{"$array":"Uint8Array"}}', { 'state/a': { ...oneByte, shape: [1, 1] } }),
  ],
  ['an array without a tensor', 'its tensor "state/a" is missing', state('{"a":{"$array":"Uint8Array"}}')],
  [
    'a tensor of the state used twice',
    'its tensor "state/a/b" is missing',
    state('{"a":{"$capture":["b","b"]}}', { 'state/a/b': oneByte }),
  ],
  ['101 levels', 'deeper than the limit of 100', state(`${'{"a":'.repeat(101)}0${'}'.repeat(101)}`)],
  ['200,000 levels', 'deeper than the limit of 100', state(`{"a":${'['.repeat(200_000)}`)],
])('refuses %s', (_, message, bytes) => {
  const error = thrownBy(() => decodeCheckpoint(bytes));
  expect(error).toEqual(corrupt);
  expect((error as Error).message).toContain(message);
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
});

test('keeps to the limits of the state that it is given', () => {
  const bytes = state('{"a":[[1,2]]}');
  expect(decodeCheckpoint(bytes, { maxDepth: 3, maxValues: 5 }).training.state).toEqual({ a: [[1, 2]] });
  expect(() => decodeCheckpoint(bytes, { maxDepth: 2 })).toThrow(
    'state.a[0]: objects and arrays are nested deeper',
  );
  expect(() => decodeCheckpoint(bytes, { maxValues: 4 })).toThrow('more values than the limit of 4');
  expect(thrownBy(() => decodeCheckpoint(bytes, { depth: 1 } as object))).toMatchObject({
    code: 'KEEPFIT_INVALID_OPTION',
  });
});
