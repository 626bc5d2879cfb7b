import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { cpuBackend } from '@keepfit/backend-cpu';
import { crc32 } from '@keepfit/callbacks/checkpoint';
import { seeded, useBackend } from '@keepfit/fit';
import { importWeights } from '@keepfit/layers';
import { layers, type LayersModel, sequential } from '@tensorflow/tfjs-layers';
import { beforeAll, expect, test } from 'vitest';
import { readNaively } from '../../callbacks/test/format/naive-file.js';
import {
  getDistance,
  models,
  predictRecorded,
  readKerasFile,
  recorded,
} from '../../layers/test/helpers/keras-files.js';
import { readZip } from '../src/keras-file/read-zip.js';
import { createFolder } from './helpers/folder.js';
import { keepfit, type Ran } from './helpers/keepfit.js';

beforeAll(() => useBackend(cpuBackend()));

const folder = createFolder();
let count = 0;

/** Runs the command on these bytes. */
async function importBytes(bytes: Uint8Array, ...options: string[]): Promise<Ran & { readonly out: string }> {
  const path = join(folder, `${count++}`);
  writeFileSync(path, bytes);
  const ran = await keepfit('import', path, '--out', `${path}.safetensors`, ...options);
  return { ...ran, out: `${path}.safetensors` };
}

const importFile = (name: string) => importBytes(readKerasFile(name));
const build = (name: string): LayersModel => seeded(3, () => models[name]!());

/** A file for an archive, whose directory claims this length. */
interface Packed {
  readonly name: string;
  readonly content: Uint8Array;
  readonly byteLength?: number;
}

/** A ZIP archive that packs its files by this method: 0 leaves them as they are, 8 compresses. */
function zip(method: 0 | 8, ...members: readonly Packed[]): Uint8Array {
  const files: Buffer[] = [];
  const entries: Buffer[] = [];
  let offset = 0;
  for (const { name, content, byteLength = content.length } of members) {
    const packed = method === 0 ? content : deflateRawSync(content);
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(method, 4);
    fields.writeUInt32LE(crc32(content), 10);
    fields.writeUInt32LE(packed.length, 14);
    fields.writeUInt32LE(byteLength, 18);
    fields.writeUInt16LE(name.length, 22);
    files.push(Buffer.concat([Buffer.from('PK\x03\x04'), fields, Buffer.from(name), packed]));
    const place = Buffer.alloc(14);
    place.writeUInt32LE(offset, 10);
    entries.push(Buffer.concat([Buffer.from('PK\x01\x02\0\0'), fields, place, Buffer.from(name)]));
    offset += files.at(-1)!.length;
  }
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06');
  end.writeUInt16LE(members.length, 10);
  end.writeUInt32LE(Buffer.concat(entries).length, 12);
  end.writeUInt32LE(offset, 16);
  return new Uint8Array(Buffer.concat([...files, ...entries, end]));
}

const toOpenFile = (bytes: Uint8Array) => ({
  byteLength: bytes.length,
  read: async (offset: number, length: number) => bytes.slice(offset, offset + length),
});

test.each(Object.keys(models))(
  'the weights of the model "%s" predict in tfjs-layers as in Keras',
  async (name) => {
    const { status, err, out } = await importFile(`${name}.keras`);
    expect([status, err]).toEqual([0, '']);
    const { metadata } = readNaively(readFileSync(out));
    expect(JSON.parse(metadata['keras.order']!)).toEqual(recorded[name]!.paths);
    const built = build(name);
    await importWeights(built, readFileSync(out));
    expect(getDistance(predictRecorded(built, recorded[name]!), recorded[name]!.y)).toBeLessThan(1e-5);
  },
);

test('layers with other names are matched by their order, or by the place that Keras gives them', async () => {
  const build2 = () =>
    seeded(3, () =>
      sequential({
        layers: [
          layers.dense({ units: 3, activation: 'relu', inputShape: [4], name: 'first' }),
          layers.batchNormalization({ name: 'norm' }),
          layers.prelu({ name: 'bend' }),
          layers.dense({ units: 2, activation: 'softmax', name: 'last' }),
        ],
      }),
    );
  for (const ending of ['.keras', '.weights.h5', '.h5', '.keras2.h5']) {
    const { out } = await importFile(`plain${ending}`);
    const built = build2();
    await importWeights(built, readFileSync(out));
    expect(getDistance(predictRecorded(built, recorded['plain']!), recorded['plain']!.y)).toBeLessThan(1e-5);
  }
});

test.each([
  ['reset_after.keras', 'the layer "reader/gru_cell" has reset_after=True, which tfjs-layers does not have'],
  ['reset_after.weights.h5', 'the layer "reader/gru_cell" is a GRU with reset_after=True'],
  ['attention.keras', 'the layer "heads" has the class MultiHeadAttention, which tfjs-layers does not have'],
  ['attention.weights.h5', 'the layer "heads" has the class multi_head_attention'],
  ['images.weights.h5', 'the layer "batch_normalization" has fewer weights than usual'],
  ['text.weights.h5', 'give the .keras file of the model, which does'],
])('refuses %s by the name of the layer', async (name, message) => {
  const { status, err, out } = await importFile(name);
  expect([status, err]).toEqual([2, expect.stringContaining(`KEEPFIT_INVALID_DATA: `)]);
  expect(err).toContain(message);
  expect(existsSync(out)).toBe(false);
});

test('prints the paths as JSON, and says what it wrote', async () => {
  const path = join(folder, 'plain.keras');
  writeFileSync(path, readKerasFile('plain.keras'));
  const out = join(folder, 'plain.safetensors');
  const ran = await keepfit('import', path, '--out', out, '--json');
  expect(JSON.parse(ran.out)).toMatchObject({ from: path, to: out, weights: recorded['plain']!.paths });
  expect((await keepfit('import', path, '--out', out)).err).toContain('is there already; give --force');
  expect((await keepfit('import', path, '--out', out, '--force')).out).toMatch(/→ .*, 9 weights, 1\.3 kB\n$/);
  expect((await keepfit('import', path, '--out', path, '--force')).err).toContain('is the file to import');
  expect(readFileSync(path)).toEqual(Buffer.from(readKerasFile('plain.keras')));
  expect((await keepfit('import', path)).err).toContain("required option '--out <file>' not specified");
});

test('says what a file is that Keras did not write', async () => {
  const nowhere = await keepfit('import', join(folder, 'nowhere.keras'), '--out', join(folder, 'x'));
  expect(nowhere.err).toMatch(
    /KEEPFIT_STORE_FAILED: could not read .*: there is no such file or folder; give a file that Keras saved/,
  );
  const empty = await importBytes(new Uint8Array());
  const text = await importBytes(new TextEncoder().encode('weights'));
  for (const { status, err } of [empty, text])
    expect([status, err]).toEqual([
      2,
      expect.stringContaining('neither as an HDF5 file nor as a ZIP archive'),
    ]);
  const other = await importBytes(zip(0, { name: 'photo.jpg', content: new Uint8Array(9) }));
  expect(other.err).toContain('KEEPFIT_INVALID_DATA: the archive has no model.weights.h5');
});

test('refuses cut files, with one line and without a rest', async () => {
  for (const name of ['plain.keras', 'plain.weights.h5', 'plain.h5']) {
    const bytes = readKerasFile(name);
    for (const part of [0.001, 0.02, 0.3, 0.9, 0.999]) {
      const { status, err, out } = await importBytes(bytes.subarray(0, Math.ceil(bytes.length * part)));
      expect([status, err]).toEqual([
        2,
        expect.stringMatching(/^keepfit: KEEPFIT_CHECKPOINT_CORRUPT: [^\n]*\n$/),
      ]);
      expect(existsSync(out)).toBe(false);
    }
  }
  expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
});

test('finds a flipped bit in an archive by its checksum', async () => {
  const bytes = readKerasFile('plain.keras');
  bytes[bytes.length >> 1]! ^= 1;
  expect((await importBytes(bytes)).err).toMatch(
    /KEEPFIT_CHECKPOINT_CORRUPT: .*is damaged: length or checksum/,
  );
});

test.each([
  ['compresses too well', zip(8, { name: 'a', content: new Uint8Array(2 ** 20) }), 'expands from 1'],
  [
    'claims to be shorter than it is',
    zip(8, { name: 'a', content: new Uint8Array(2 ** 16), byteLength: 9 }),
    'is damaged',
  ],
  [
    'claims to be longer than it is',
    zip(0, { name: 'a', content: new Uint8Array(9), byteLength: 2 ** 31 }),
    'expands from 9 to 2147483648 bytes',
  ],
])('refuses a file of an archive that %s', async (_, archive, reason) => {
  const members = await readZip(toOpenFile(archive));
  await expect(members.get('a')!.read()).rejects.toThrow(reason);
});

test('refuses an array that claims more bytes than the file has', async () => {
  const bytes = readKerasFile('plain.weights.h5');
  const view = new DataView(bytes.buffer);
  let found = 0;
  // The shape [4, 3] of a kernel, in 8 bytes each.
  for (let at = 0; at < bytes.length - 16; at++)
    if (view.getBigUint64(at, true) === 4n && view.getBigUint64(at + 8, true) === 3n) {
      view.setBigUint64(at, 2n ** 40n, true);
      found++;
    }
  expect(found).toBeGreaterThan(0);
  const { status, err } = await importBytes(bytes);
  expect([status, err]).toEqual([2, expect.stringContaining('KEEPFIT_CHECKPOINT_CORRUPT')]);
});

test('reads an archive that was packed again', async () => {
  const members = await readZip(toOpenFile(readKerasFile('plain.keras')));
  const contents = [...members].map(async ([name, member]) => ({ name, content: await member.read() }));
  const { status, out } = await importBytes(zip(8, ...(await Promise.all(contents))));
  expect(status).toBe(0);
  expect(readFileSync(out)).toEqual(readFileSync((await importFile('plain.keras')).out));
});
