import { expect, test } from 'vitest';
import { readKerasFile } from '../../../layers/test/helpers/keras-files.js';
import { readZip } from '../../src/keras-file/read-zip.js';
import { createFolder } from '../helpers/folder.js';
import { createKerasReader } from '../helpers/keras-reader.js';
import { zip } from '../helpers/zip.js';

const read = createKerasReader(createFolder());

test.each([
  ['reset_after.keras', 'the layer "reader/gru_cell" has reset_after=True, which tfjs-layers does not have'],
  ['reset_after.weights.h5', 'the layer "reader/gru_cell" is a GRU with reset_after=True'],
  ['attention.keras', 'the layer "heads" has the class MultiHeadAttention, which tfjs-layers does not have'],
  ['attention.weights.h5', 'the layer "heads" has the class multi_head_attention'],
  ['images.weights.h5', 'the layer "batch_normalization" has fewer weights than usual'],
  ['text.weights.h5', 'give the .keras file of the model, which does'],
])('refuses %s by the name of the layer', async (name, message) => {
  const reading = read(readKerasFile(name));
  await expect(reading).rejects.toMatchObject({
    code: 'KEEPFIT_INVALID_DATA',
    message: expect.stringContaining(message) as unknown,
  });
});

test('refuses cut files', async () => {
  for (const name of ['plain.keras', 'plain.weights.h5', 'plain.h5']) {
    const bytes = readKerasFile(name);
    for (const part of [0.001, 0.02, 0.3, 0.9, 0.999]) {
      const reading = read(bytes.subarray(0, Math.ceil(bytes.length * part)));
      await expect(reading).rejects.toMatchObject({ code: 'KEEPFIT_CHECKPOINT_CORRUPT' });
    }
  }
});

test('finds a flipped bit in an archive by its checksum', async () => {
  const bytes = readKerasFile('plain.keras');
  bytes[bytes.length >> 1]! ^= 1;
  await expect(read(bytes)).rejects.toThrow(/KEEPFIT_CHECKPOINT_CORRUPT: .*is damaged: length or checksum/);
});

test('reads an archive that was packed again', async () => {
  const bytes = readKerasFile('plain.keras');
  const members = await readZip({
    byteLength: bytes.length,
    read: async (offset, length) => bytes.slice(offset, offset + length),
  });
  const contents = [...members].map(async ([name, member]) => ({ name, content: await member.read() }));
  const packed = zip(8, ...(await Promise.all(contents)));
  expect(await read(packed)).toEqual(await read(bytes));
});
