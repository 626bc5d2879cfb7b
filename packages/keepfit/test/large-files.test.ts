import {
  mkdirSync,
  openSync,
  closeSync,
  ftruncateSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test, vi } from 'vitest';
import { withFile } from '../src/checkpoint/read-file.js';
import { createFolder } from './helpers/folder.js';
import { keepfit } from './helpers/keepfit.js';
import { train } from './helpers/train.js';

const folder = createFolder();
const runs = join(folder, 'runs');
const backup = join(runs, 'backup.safetensors');
const large = join(folder, 'large.safetensors');

beforeAll(() => train(runs));

/** The most bytes that the command had asked for at one time. */
const asked = vi.hoisted(() => ({ most: 0, all: 0 }));

vi.mock('../src/checkpoint/read-file.js', async (load) => {
  const original = await load<typeof import('../src/checkpoint/read-file.js')>();
  const counted: typeof withFile = (path, use) =>
    original.withFile(path, (file) =>
      use({
        byteLength: file.byteLength,
        read: (offset, length) => {
          asked.most = Math.max(asked.most, length);
          asked.all += length;
          return file.read(offset, length);
        },
      }),
    );
  return { ...original, withFile: counted };
});

/** Writes a file of 3 GB that takes no room on the disk. */
function writeLarge(start: Uint8Array): void {
  rmSync(large, { force: true });
  const file = openSync(large, 'w');
  writeSync(file, start);
  ftruncateSync(file, 3e9);
  closeSync(file);
  Object.assign(asked, { most: 0, all: 0 });
}

function safetensors(header: object): Uint8Array {
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  return Buffer.concat([length, json]);
}

const video = Buffer.from('\0\0\0\x20ftypisom\0\0\x02\0isomiso2avc1mp41', 'latin1');
const half = { dtype: 'U8', shape: [10], data_offsets: [0, 10] };
const commands = [
  ['inspect', large],
  ['verify', large],
  ['diff', large, backup],
  ['copy', large, join(folder, 'copies')],
  ['export', large, join(folder, 'weights.safetensors')],
];

test.each(commands)('keepfit %s refuses a video of 3 GB by its first bytes', async (...args) => {
  writeLarge(video);
  const { status, out, err } = await keepfit(...args);
  expect(status).not.toBe(0);
  expect(out + err).toMatch(
    /this is not a checkpoint of keepfit: it begins with "\\u0000\\u0000\\u0000 ftyp", .*; give a file that/,
  );
  expect(asked.all).toBeLessThan(100);
});

test.each(commands)('keepfit %s reads only the header of a file that does not fit it', async (...args) => {
  const start = safetensors({ __metadata__: { format: 'keepfit', keepfit: '{"format":1}' }, w: half });
  writeLarge(start);
  const { status, out, err } = await keepfit(...args);
  expect(status).not.toBe(0);
  expect(out + err).toMatch(/the tensors end at byte 10 of \d+ bytes of data/);
  expect(asked.all).toBeLessThan(2 * start.length);
});

test.each(commands.slice(0, 2))('keepfit %s says of 3 GB of weights alone what they are', async (...args) => {
  const size = 2_999_999_000;
  const start = safetensors({ w: { dtype: 'U8', shape: [size], data_offsets: [0, size] } });
  writeLarge(Buffer.concat([start.subarray(0, 8), Buffer.from(start.subarray(8).toString())]));
  const file = openSync(large, 'r+');
  ftruncateSync(file, start.length + size);
  closeSync(file);
  const { status, out } = await keepfit(...args);
  expect(status).toBe(1);
  expect(out).toMatch(/not a checkpoint of keepfit: it is a safetensors file of 1 tensors .* weights alone/);
  expect(asked.all).toBeLessThan(2 * start.length);
});

test('the words for what is empty, cut, or of another kind tell damage from another file', async () => {
  const png = Buffer.from('\x89PNG\r\n\x1a\n\0\0\0\rIHDR', 'latin1');
  const whole = readFileSync(backup);
  const zeros = Buffer.alloc(whole.length);
  for (const [bytes, message] of [
    [Buffer.alloc(0), 'this is not a checkpoint of keepfit: it is empty;'],
    [png, 'this is not a checkpoint of keepfit: it begins with "\\u0089PNG\\r\\n\\u001a\\n"'],
    [Buffer.from('a text of some words'), 'this is not a checkpoint of keepfit: it begins with "a text o"'],
    [Buffer.from('{"modelTopology":{}}'), 'this is not a checkpoint of keepfit: it begins with "{\\"modelT"'],
    [whole.subarray(0, 5), 'the bytes are damaged, or not a checkpoint: a file of 5 bytes is too short'],
    [whole.subarray(0, -100), 'the bytes are damaged, or not a checkpoint: the tensors end at'],
    [zeros, 'the bytes are damaged, or not a checkpoint: the header does not begin with "{"'],
  ] as const) {
    writeFileSync(large, bytes);
    expect((await keepfit('verify', large)).out).toContain(message);
  }
});

test('inspect, verify and copy hold a piece of a large tensor at a time', async () => {
  const big = join(folder, 'big.safetensors');
  const header = { runId: 'a', generation: 1, savedAt: new Date().toISOString(), library: '0' };
  const { encodeCheckpoint } = await import('@keepfit/callbacks/checkpoint');
  const values = new Uint8Array(12 * 2 ** 20).fill(7);
  const entries = [
    { name: 'weights/w', dtype: 'uint8' as const, shape: [values.length], read: async () => values },
  ];
  const state = { progress: { epoch: 0, batch: 0, step: 0 }, curve: Float64Array.of(1, 2, 3) };
  const chunks: Uint8Array[] = [];
  for await (const chunk of encodeCheckpoint({ entries, state }, header).chunks) chunks.push(chunk.slice());
  writeFileSync(big, Buffer.concat(chunks));
  Object.assign(asked, { most: 0, all: 0 });
  const { status, out } = await keepfit('inspect', big);
  expect([status, out]).toEqual([
    0,
    expect.stringMatching(/checks +passed: the header, 2 tensors, the state/),
  ]);
  expect((await keepfit('verify', big)).status).toBe(0);
  const copies = join(folder, 'pieces');
  mkdirSync(copies);
  expect((await keepfit('copy', big, copies)).status).toBe(0);
  expect(readFileSync(join(copies, 'big.safetensors')).equals(readFileSync(big))).toBe(true);
  expect(asked.most).toBeLessThanOrEqual(4 * 2 ** 20);
});
