import * as h5wasm from 'h5wasm';
import { beforeAll, expect, test } from 'vitest';
import { readKerasFile as readRecorded } from '../../../layers/test/helpers/keras-files.js';
import { withHdf5 } from '../../src/keras-file/hdf5.js';
import { startHdf5Thread, type ThreadLimits } from '../../src/keras-file/hdf5-thread.js';
import { createFolder } from '../helpers/folder.js';
import { createKerasReader } from '../helpers/keras-reader.js';

const read = createKerasReader(createFolder());

beforeAll(() => h5wasm.ready);

/** Creates an HDF5 file. */
async function create(fill: (file: h5wasm.File) => void): Promise<Uint8Array> {
  const { FS } = await h5wasm.ready;
  const file = new h5wasm.File('new.h5', 'w');
  fill(file);
  file.close();
  return FS.readFile('new.h5') as Uint8Array;
}

const readArray = (bytes: Uint8Array, limits?: Partial<ThreadLimits>) =>
  withHdf5(
    bytes,
    (file) => file.readArray('a', 'dense'),
    () => startHdf5Thread(limits),
  );

test('refuses an array that claims more bytes than the file has', async () => {
  const chunked = await create((file) => {
    const array = file.create_dataset({
      name: 'a',
      data: new Float32Array(4),
      shape: [4],
      chunks: [4],
      maxshape: [null],
    });
    array.resize([2 ** 31]);
  });
  expect(chunked.length).toBeLessThan(10_000);
  await expect(readArray(chunked)).rejects.toThrow(/KEEPFIT_CHECKPOINT_CORRUPT: .*claims 8589934592 bytes/);
  const compressed = await create((file) => {
    file.create_dataset({
      name: 'a',
      data: new Float32Array(2 ** 20),
      shape: [2 ** 20],
      chunks: [2 ** 16],
      compression: 9,
    });
  });
  await expect(readArray(compressed)).rejects.toThrow(/KEEPFIT_CHECKPOINT_CORRUPT: .*claims 4194304 bytes/);
});

test('takes nothing for values that the library could not read', async () => {
  const bytes = await create((file) => {
    const data = Float32Array.from({ length: 999 }, (_, index) => Math.sin(index));
    file.create_dataset({ name: 'a', data, shape: [999], chunks: [999], compression: 1 });
  });
  expect((await readArray(bytes.slice())).shape).toEqual([999]);
  // The two bytes with which compressed data begin.
  const begin = Buffer.from(bytes).indexOf(Buffer.of(0x78, 0x01));
  bytes.fill(0xff, begin + 99, begin + 199);
  await expect(readArray(bytes)).rejects.toThrow(
    'the weight "a" of the layer "dense" cannot be read (it is packed by "deflate")',
  );
});

test('gives the library a bounded memory', async () => {
  const data = Float32Array.from({ length: 5e6 }, (_, index) => index);
  const bytes = await create((file) => void file.create_dataset({ name: 'a', data, shape: [5e6] }));
  await expect(readArray(bytes.slice(), { memory: 0 })).rejects.toThrow('a part of it cannot be read');
  const array = await readArray(bytes);
  expect(Buffer.from(data.buffer).equals(array.bytes)).toBe(true);
});

test('ends with an array or one line of error for any damage', async () => {
  let state = 1;
  const random = (below: number) => (state = (state * 48271) % 2147483647) % below;
  const names = ['plain.keras', 'plain.weights.h5', 'plain.h5', 'nested.keras2.h5'];
  for (let run = 0; run < 100; run++) {
    const bytes = readRecorded(names[run % names.length]!);
    for (let flips = 0; flips < 3; flips++) bytes[random(bytes.length)] = random(256);
    const outcome = await read(bytes).catch((error: unknown) => error);
    if (!(outcome instanceof Uint8Array))
      expect(outcome).toHaveProperty('code', expect.stringMatching(/^KEEPFIT_/));
  }
});
