import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { ITEM_TYPES } from '../../src/format/item-types.js';
import { getHeaderLength, readSafetensors, type SafetensorsFile } from '../../src/format/read-safetensors.js';
import { thrownBy } from './checkpoint-parts.js';
import { writeNaively } from './naive-file.js';

interface Case {
  file: string;
  case: string;
  expect: 'accept' | 'reject' | 'either';
  /** What the reference implementation said: an error, or `OK [('name', 'F32', [2, 3])]`. */
  reference?: string;
  note?: string;
}

const caseKeys = ['file', 'case', 'expect', 'reference', 'note'];

const folder =
  process.env['KEEPFIT_SAFETENSORS_CASES'] ??
  fileURLToPath(new URL('../data/safetensors-cases', import.meta.url));
const list = join(folder, 'cases.json');
const cases = existsSync(list) ? (JSON.parse(readFileSync(list, 'utf8')) as Case[]) : [];
const corrupt = expect.objectContaining({ code: 'KEEPFIT_CHECKPOINT_CORRUPT' });

test.each(cases)('$expect: $case', ({ file, expect: verdict, reference, ...rest }) => {
  expect(Object.keys(rest).filter((key) => !caseKeys.includes(key))).toEqual([]);
  const bytes = new Uint8Array(readFileSync(join(folder, file)));
  const result = thrownBy(() => readSafetensors(bytes));
  if (verdict === 'reject' || (verdict === 'either' && result instanceof Error)) {
    expect(result).toEqual(corrupt);
    return;
  }
  expect(['accept', 'either']).toContain(verdict);
  expect(result).toHaveProperty('came');
  const { tensors } = (result as { came: SafetensorsFile }).came;
  const described = [...tensors].map(([name, { dtype, shape }]) => [
    name,
    ITEM_TYPES[dtype].code,
    [...shape],
  ]);
  if (reference?.startsWith('OK')) expect(described.sort()).toEqual(parseReference(reference).sort());
});

/** Reads a list of names, types and shapes as Python prints it. */
function parseReference(text: string): unknown[] {
  const tuples = text.matchAll(/\((['"])((?:\\.|(?!\1).)*)\1, '(\w+)', \[([\d, ]*)\]\)/g);
  return Array.from(tuples, ([, , name = '', type, shape = '']) => {
    const unescaped = name.replace(/\\x(..)|\\u(....)|\\(.)/g, (_, byte, unit, char: string) =>
      byte || unit ? String.fromCharCode(Number.parseInt(String(byte || unit), 16)) : char,
    );
    return [unescaped, type, shape === '' ? [] : shape.split(',').map(Number)];
  });
}

for (const verdict of existsSync(list) ? ['accept', 'reject', 'either'] : ['any verdict'])
  if (!cases.some((each) => each.expect === verdict))
    test.skip(`reads files of others: the folder has no cases.json with ${verdict}`, () => undefined);

const tensor = (fields: string) => writeNaively(`{"t":{${fields}}}`, new Uint8Array(4));
const shape = (text: string, end = 0) =>
  writeNaively(`{"t":{"dtype":"U8","shape":${text},"data_offsets":[0,${end}]}}`, new Uint8Array(end));
const good = '"dtype":"F32","shape":[1],"data_offsets":[0,4]';

test.each<[name: string, message: string, bytes: Uint8Array]>([
  [
    'a header that goes beyond the file',
    'claims 9 bytes, but the file has 2',
    Uint8Array.of(9, 0, 0, 0, 0, 0, 0, 0, 0x7b, 0x7d),
  ],
  [
    'a header length of 2^63',
    'more than the limit of 100000000',
    Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0x80, 0x7b, 0x7d),
  ],
  [
    'a header length of 2^53',
    'more than the limit of 100000000',
    Uint8Array.of(0, 0, 0, 0, 0, 0, 0x20, 0, 0x7b, 0x7d),
  ],
  [
    'a shape with a million digits',
    'is not written as a double prints it',
    shape(`[${'9'.repeat(1_000_000)}]`),
  ],
  [
    'a type of a million characters that do not show',
    'has the type "\\u202e\\u202e',
    tensor(`"dtype":"${'\u202e'.repeat(1_000_000)}","shape":[1],"data_offsets":[0,4]`),
  ],
  ['a blank before the header', 'does not begin with "{"', writeNaively(' {}')],
  [
    'invalid UTF-8',
    'not valid UTF-8',
    new Uint8Array(
      [...writeNaively(`{"a?":{${good}}}`, new Uint8Array(4))].map((byte) => (byte === 0x3f ? 0xff : byte)),
    ),
  ],
  [
    'a lone surrogate in a name',
    'lone surrogate (header, character 10)',
    writeNaively(`{"\\ud800":{${good}}}`, new Uint8Array(4)),
  ],
  ['a lone surrogate in the metadata', 'lone surrogate', writeNaively('{"__metadata__":{"a":"\\udc00"}}')],
  [
    'a control character in a name',
    'control character (header, character 1)',
    writeNaively(`{"a\nb":{${good}}}`, new Uint8Array(4)),
  ],
  ['a bad escape', 'a bad escape', writeNaively(`{"\\x41":{${good}}}`, new Uint8Array(4))],
  ['an escape at the end', 'not closed', writeNaively('{"\\')],
  [
    'a name twice, once escaped',
    'the key "t" is a duplicate',
    writeNaively(`{"t":{${good}},"\\u0074":{${good}}}`, new Uint8Array(4)),
  ],
  [
    'a key of the metadata twice',
    'the key "a" is a duplicate',
    writeNaively('{"__metadata__":{"a":"","a":""}}'),
  ],
  ['a field twice', 'the key "dtype" is a duplicate', tensor(`${good},"dtype":"F32"`)],
  ['no dtype', 'needs each of dtype, shape and data_offsets', tensor('"shape":[1],"data_offsets":[0,4]')],
  ['no offsets', 'needs each of dtype, shape and data_offsets', tensor('"dtype":"F32","shape":[1]')],
  ['a dtype in lower case', 'has the type "f32"', tensor(good.replace('F32', 'f32'))],
  [
    'a dtype called as a member of every object',
    'has the type "constructor"',
    tensor(good.replace('F32', 'constructor')),
  ],
  [
    '64-bit integers',
    'has the type "I64"',
    writeNaively('{"t":{"dtype":"I64","shape":[],"data_offsets":[0,8]}}', new Uint8Array(8)),
  ],
  ['half floats', 'has the type "F16"', tensor('"dtype":"F16","shape":[2],"data_offsets":[0,4]')],
  [
    'a shape that asks for fewer bytes',
    'of type I16 and shape [] has offsets [0, 4]',
    tensor(good.replace('[1]', '[]').replace('F32', 'I16')),
  ],
  [
    'an offset written 4.0',
    'the number "4.0" is not written as a double prints it',
    tensor(good.replace('4]', '4.0]')),
  ],
  [
    'an offset with a leading zero',
    'the number "04" is not written as a double prints it',
    tensor(good.replace('4]', '04]')),
  ],
  [
    'an offset of -0',
    'the number "-0" is not written as a double prints it',
    tensor(good.replace('[0', '[-0')),
  ],
  ['an offset as a string', 'expected a number', tensor(good.replace('4]', '"4"]'))],
  ['three offsets', 'more numbers than two offsets', tensor(good.replace('4]', '4,4]'))],
  ['null for a shape', 'expected "["', tensor(good.replace('[1]', 'null'))],
  ['an object for a shape', 'expected "["', tensor(good.replace('[1]', '{"0":1}'))],
  ['a size that overflows before it comes to 0', 'has offsets [0, 0]', shape('[4294967296,4294967296,0]')],
  ['more than 32 dimensions', 'the limit of 32 dimensions', shape(`[${Array(33).fill(1)}]`, 1)],
  [
    'a hole between tensors',
    'a hole before tensor "b"',
    writeNaively(
      `{"a":{${good}},"b":${JSON.stringify({ dtype: 'U8', shape: [], data_offsets: [5, 6] })}}`,
      new Uint8Array(6),
    ),
  ],
  [
    'two tensors in one place',
    'an overlap before tensor "b"',
    writeNaively(`{"a":{${good}},"b":{${good}}}`, new Uint8Array(4)),
  ],
  ['data without a tensor', 'the tensors end at byte 0', writeNaively('{}', new Uint8Array(1))],
  ['two values in the header', 'expected the end, not "{}"', writeNaively('{}{}')],
  ['a comment', 'expected the end, not "//"', writeNaively('{}//')],
  ['NaN', 'expected a number', tensor(good.replace('[1]', '[NaN]'))],
])('refuses %s', (_, message, bytes) => {
  const error = thrownBy(() => readSafetensors(bytes));
  expect(error).toEqual(corrupt);
  expect((error as Error).message).toContain(message);
});

test('gives tensors in the order of their bytes, whatever the order of the header', () => {
  const text =
    '{"b":{"data_offsets":[2,4],"shape":[1],"dtype":"I16"},"a":{"shape":[2,1],"dtype":"U8","data_offsets":[0,2]}}';
  const { tensors, metadata } = readSafetensors(writeNaively(text, Uint8Array.of(1, 2, 3, 4)));
  expect([...tensors]).toEqual([
    ['a', { dtype: 'uint8', shape: [2, 1], bytes: Uint8Array.of(1, 2) }],
    ['b', { dtype: 'int16', shape: [1], bytes: Uint8Array.of(3, 4) }],
  ]);
  expect(metadata.size).toBe(0);
});

test('takes an empty tensor where another begins, whatever the order of the header', () => {
  const text = `{"t":{${good}},"none":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}`;
  expect([...readSafetensors(writeNaively(text, new Uint8Array(4))).tensors.keys()]).toEqual(['none', 't']);
});

test('takes blanks and escapes as JSON has them', () => {
  const text = `{ "\\u00e9\\n\\"\\/\\ud83d\\ude00" :\t{ "dtype" : "F32",\n"shape":[ 1 ] ,\r"data_offsets":[0 , 4]}} \n`;
  expect([...readSafetensors(writeNaively(text, new Uint8Array(4))).tensors.keys()]).toEqual(['é\n"/😀']);
});

test('keeps names of members of every object as names', () => {
  const names = ['__proto__', 'constructor', 'toString', ''];
  const infos = names.map(
    (name, index) => `"${name}":{"dtype":"U8","shape":[],"data_offsets":[${index},${index + 1}]}`,
  );
  const text = `{"__metadata__":{"__proto__":"x"},${infos.join(',')}}`;
  const { tensors, metadata } = readSafetensors(writeNaively(text, Uint8Array.of(1, 2, 3, 4)));
  expect([...tensors.keys()]).toEqual(names);
  expect([...metadata]).toEqual([['__proto__', 'x']]);
  expect(({} as Record<string, unknown>)['x']).toBeUndefined();
});

test('copies only tensors that are not aligned', () => {
  const text = `{"f":{${good}},"u":{"dtype":"U8","shape":[1],"data_offsets":[4,5]}}`.padEnd(112);
  const bytes = writeNaively(text, Uint8Array.of(1, 2, 3, 4, 5));
  for (const shift of [0, 1, 4]) {
    const buffer = new Uint8Array(bytes.length + shift);
    buffer.set(bytes, shift);
    const { tensors } = readSafetensors(buffer.subarray(shift));
    expect(tensors.get('f')!.bytes).toEqual(Uint8Array.of(1, 2, 3, 4));
    expect(tensors.get('f')!.bytes.buffer === buffer.buffer).toBe(shift !== 1);
    expect(tensors.get('f')!.bytes.byteOffset % 4).toBe(0);
    expect(tensors.get('u')!.bytes.buffer).toBe(buffer.buffer);
  }
});

test('gives proper Uint8Arrays for a Buffer', () => {
  const bytes = Buffer.concat([
    Buffer.from([0]),
    writeNaively(`{"t":{${good}}}`, new Uint8Array(4)),
  ]).subarray(1);
  const { tensors } = readSafetensors(bytes);
  expect(Object.getPrototypeOf(tensors.get('t')!.bytes)).toBe(Uint8Array.prototype);
});

test('keeps to the limits it is given', () => {
  const text = `{"a":{${good}},"b":{"dtype":"F32","shape":[1,1],"data_offsets":[4,8]},"__metadata__":{"x":"","y":""}}`;
  const twoTensors = writeNaively(text, new Uint8Array(8));
  expect(readSafetensors(twoTensors, { maxHeaderBytes: 200, maxTensors: 2, maxRank: 2 }).tensors.size).toBe(
    2,
  );
  expect(() => readSafetensors(twoTensors, { maxHeaderBytes: 100 })).toThrow('more than the limit of 100');
  expect(() => readSafetensors(twoTensors, { maxTensors: 1 })).toThrow('more tensors than the limit of 1');
  const twoMetadata = writeNaively('{"__metadata__":{"x":"","y":""}}');
  expect(() => readSafetensors(twoMetadata, { maxTensors: 1 })).toThrow(
    'more metadata entries than the limit of 1',
  );
  expect(() => readSafetensors(twoTensors, { maxRank: 1 })).toThrow('the limit of 1 dimensions');
  expect(() => readSafetensors(twoTensors, { maxRank: 0 })).toThrow(
    'maxRank of the checkpoint limits must be a positive integer, not 0',
  );
});

test('refuses metadata of 100 MB by the length of the header, without reading them', () => {
  const start = Uint8Array.of(0x01, 0xe1, 0xf5, 0x05, 0, 0, 0, 0, 0x7b);
  expect(() => getHeaderLength(start, 200_000_000)).toThrow(
    'the header claims 100000001 bytes, more than the limit of 100000000',
  );
});

test('refuses what is no Uint8Array', () => {
  for (const bytes of [undefined, new ArrayBuffer(8), new Float32Array(2), 'x']) {
    expect(thrownBy(() => readSafetensors(bytes as unknown as Uint8Array))).toMatchObject({
      code: 'KEEPFIT_INVALID_DATA',
    });
  }
});
