import { expect, test } from 'vitest';
import type { Hdf5File } from '../../src/keras-file/hdf5.js';
import { readKeras3 } from '../../src/keras-file/read-keras3.js';

/** A file with weights of these shapes in these places. Its groups have the names, if there are any. */
function createFile(
  places: Readonly<Record<string, readonly number[]>>,
  names: Readonly<Record<string, string>> = {},
): Hdf5File {
  const paths = Object.keys(places);
  return {
    list: async (group) => {
      const folder = group === '' ? '' : `${group}/`;
      const inside = paths.filter((path) => path.startsWith(folder));
      return [...new Set(inside.map((path) => path.slice(folder.length).split('/')[0]!))];
    },
    getAttribute: async (path) => names[path],
    readArray: async (path) => ({ dtype: 'float32', shape: places[path]!, bytes: new Uint8Array() }),
  };
}

const read = (file: Hdf5File) => readKeras3(file, undefined, () => undefined);
const dense = (name: string) => ({ [`layers/${name}/vars/0`]: [2, 2], [`layers/${name}/vars/1`]: [2] });

test('marks weights in a file without names of layers, and names them by their places', async () => {
  const lstm = { 'layers/lstm/cell/vars/0': [2, 8], 'layers/lstm/cell/vars/1': [2, 8] };
  const { tensors, metadata } = await read(createFile({ ...dense('dense'), ...dense('dense_1'), ...lstm }));
  expect([...tensors.keys()]).toEqual([
    'layers/dense/kernel',
    'layers/dense/bias',
    'layers/dense_1/kernel',
    'layers/dense_1/bias',
    'layers/lstm/cell/kernel',
    'layers/lstm/cell/recurrent_kernel',
  ]);
  expect(metadata['keras.names']).toBe('unknown');
  expect(JSON.parse(metadata['keras.places']!)).toHaveProperty(
    ['layers/lstm/cell/kernel'],
    'layers/lstm/cell/vars/0',
  );
  const named = await read(createFile(dense('dense'), { 'layers/dense/vars': 'hidden' }));
  expect([[...named.tensors.keys()][0], named.metadata['keras.names']]).toEqual(['hidden/kernel', undefined]);
});

test('refuses a layer of which a part is elsewhere, and a class that nothing tells', async () => {
  await expect(read(createFile({ 'layers/dense/vars/1': [2] }))).rejects.toThrow(
    'the layer "layers/dense" has weights with the numbers "1", so some are missing; save all weights in one file',
  );
  await expect(read(createFile({ 'layers/time_distributed/layer/vars/0': [2, 2] }))).rejects.toThrow(
    'has a class that the file does not tell; give the .keras file of the model, which does',
  );
});
