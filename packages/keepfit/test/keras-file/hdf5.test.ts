import { expect, test } from 'vitest';
import { withHdf5 } from '../../src/keras-file/hdf5.js';

const array = { shape: [2], type: 1, size: 4, littleEndian: true, signed: true, filters: [] };

/** Reads an array about which the library answers this. */
function read(facts: object | null, value?: unknown) {
  const bytes = new Uint8Array(2 ** 16);
  bytes.set([0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a]);
  const ask = async (question: string) =>
    question === 'readArray' ? value : facts && { ...array, ...facts };
  const thread = { open: async () => undefined, ask, end: async () => undefined };
  return withHdf5(
    bytes,
    (file) => file.readArray('a', 'dense'),
    async () => thread,
  );
}

test.each([
  [{ size: 2 }, 'float16'],
  [{ size: 8 }, 'float64'],
  [{ littleEndian: false }, 'float32 in big-endian order'],
  [{ type: 0, size: 1 }, 'int8'],
  [{ type: 0, signed: false }, 'uint32'],
  [{ type: 5, size: 2 }, 'bfloat16'],
  [{ type: 6, size: 8 }, 'of another type'],
])('refuses weights that are not float32: %j', async (facts, kind) => {
  await expect(read(facts)).rejects.toThrow(
    `KEEPFIT_INVALID_DATA: the weight "a" of the layer "dense" is ${kind}, and tfjs-layers has weights of float32 only; ` +
      (kind === 'int8'
        ? 'save the model before it is quantized'
        : 'load the weights into a model of float32 in Keras, and save that'),
  );
});

test('refuses weights that are elsewhere or cannot be read, and says why', async () => {
  await expect(read(null)).rejects.toThrow('"a" is a link to another file or to nothing');
  await expect(read({ virtual_sources: [] })).rejects.toThrow('"dense" is a virtual dataset');
  await expect(read({ shape: null })).rejects.toThrow('"dense" holds no values');
  await expect(read({}, null)).rejects.toThrow('cannot be read; its bytes may be in another file');
  await expect(read({ filters: ['filter 32015'] }, null)).rejects.toThrow('packed by "filter 32015"');
  await expect(read({ shape: [2 ** 20], filters: ['deflate'] })).rejects.toThrow('because it is compressed');
  expect((await read({ shape: [] }, 3)).bytes).toEqual(new Uint8Array(Float32Array.of(3).buffer));
});
