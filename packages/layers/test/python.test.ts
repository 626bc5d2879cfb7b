import { readFileSync } from 'node:fs';
import { cpuBackend } from '@keepfit/backend-cpu';
import { seeded, useBackend } from '@keepfit/fit';
import * as tf from '@tensorflow/tfjs-core';
import {
  input,
  layers,
  type LayersModel,
  model as makeModel,
  sequential,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';
import { beforeAll, expect, test } from 'vitest';
import { readNaively, writeNaively } from '../../callbacks/test/format/naive-file.js';
import { exportWeights, importWeights } from '../src/index.js';
import { getDistance, models, predictRecorded, readKerasFile, recorded } from './helpers/keras-files.js';

beforeAll(() => useBackend(cpuBackend()));

const names = Object.keys(models);
const build = (name: string): LayersModel => seeded(3, () => models[name]!());

/** Sums each weight in a file, read by a reader of its own. */
function readSums(file: Uint8Array): Map<string, number> {
  const { tensors } = readNaively(file);
  return new Map(
    Object.entries(tensors).map(([path, { bytes }]) => [
      path,
      new Float32Array(bytes.buffer).reduce((sum, value) => sum + value, 0),
    ]),
  );
}

/** The file with other names, and without its metadata. */
function rename(file: Uint8Array, toName: (path: string) => string): Uint8Array {
  const { tensors } = readNaively(file);
  return writeNaively({
    tensors: Object.fromEntries(Object.entries(tensors).map(([path, tensor]) => [toName(path), tensor])),
  });
}

const makeCell = (name: string) => layers.simpleRNNCell({ units: 2, name });
const dense = (units: number, name?: string) =>
  layers.dense({ units, inputShape: [2], ...(name !== undefined && { name }) });

test.each(names)('loads what Python saved of the model "%s", and predicts as Keras does', async (name) => {
  const model = build(name);
  const before = tf.memory().numTensors;
  await importWeights(model, readKerasFile(`${name}.safetensors`));
  expect(tf.memory().numTensors).toBe(before);
  expect(getDistance(predictRecorded(model, recorded[name]!), recorded[name]!.y)).toBeLessThan(1e-5);
});

test.each(names)(
  'saves the model "%s" under the paths that Keras gives it, in the order of Keras',
  async (name) => {
    const model = build(name);
    await importWeights(model, readKerasFile(`${name}.safetensors`));
    const before = tf.memory().numTensors;
    const file = await exportWeights(model);
    expect(tf.memory().numTensors).toBe(before);
    // The recorded session had made three layers of these classes before.
    const toFresh = (path: string) =>
      name === 'nested'
        ? path.replace(/_(\d)(?=\/)/, (_, n) => (n === '3' ? '' : `_${Number(n) - 3}`))
        : path;
    const paths = recorded[name]!.paths.map(toFresh);
    expect(JSON.parse(readNaively(file).metadata['keras.order']!)).toEqual(paths);
    const sums = readSums(file);
    paths.forEach((path, index) => expect(sums.get(path), path).toBeCloseTo(recorded[name]!.sums[index]!, 5));
    const second = build(name);
    await importWeights(second, file);
    expect(predictRecorded(second, recorded[name]!)).toEqual(predictRecorded(model, recorded[name]!));
  },
);

test('matches layers with other names by their order, if the file tells it', async () => {
  const first = sequential({ layers: [dense(2, 'a'), dense(2, 'b')] });
  const second = sequential({ layers: [dense(2, 'x'), dense(2, 'y')] });
  const file = await exportWeights(first);
  await importWeights(second, file);
  const values = (model: LayersModel) => model.getWeights().map((weight) => [...weight.dataSync()]);
  expect(values(second)).toEqual(values(first));
  await expect(
    importWeights(
      second,
      rename(file, (path) => path),
    ),
  ).rejects.toThrow(
    /KEEPFIT_CHECKPOINT_MISMATCH: .*not in the file: "x\/kernel", .*not in the model: "sequential\/a\/bias"/,
  );
});

test('prefers names to an order that may be wrong, and shapes show if it is', async () => {
  const make = (...layerNames: string[]) =>
    sequential({ layers: layerNames.map((name, index) => dense(2 + index, name)) });
  const first = make('a', 'b');
  const { tensors } = readNaively(await exportWeights(first));
  const mark = (order: string[]) =>
    writeNaively({ tensors, metadata: { 'keras.likelyOrder': JSON.stringify(order) } });
  const right = ['a/kernel', 'a/bias', 'b/kernel', 'b/bias'].map((path) => `sequential/${path}`);
  const wrong = [...right.slice(2), ...right.slice(0, 2)];
  const values = (model: LayersModel) => model.getWeights().map((weight) => [...weight.dataSync()]);
  for (const [other, order] of [
    [make('a', 'b'), wrong],
    [make('x', 'y'), right],
  ] as const) {
    await importWeights(other, mark(order));
    expect(values(other)).toEqual(values(first));
  }
  await expect(importWeights(make('x', 'y'), mark(wrong))).rejects.toThrow('KEEPFIT_CHECKPOINT_MISMATCH');
});

test('compares only the classes and the order of layers if the file does not hold their names', async () => {
  const make = () => sequential({ layers: [dense(2, 'dense_1'), dense(2, 'dense')] });
  const [first, second] = [make(), make()];
  const { tensors } = readNaively(await exportWeights(first));
  const toPlace = (path: string) => `layers/${path.includes('_1') ? 'dense' : 'dense_1'}`;
  const renamed = Object.entries(tensors).map(
    ([path, tensor]) => [`${toPlace(path)}/${path.split('/').at(-1)}`, tensor] as const,
  );
  const places = renamed.map(([path]) => [path, path.replace('kernel', 'vars/0').replace('bias', 'vars/1')]);
  const file = writeNaively({
    tensors: Object.fromEntries(renamed),
    metadata: { 'keras.places': JSON.stringify(Object.fromEntries(places)), 'keras.names': 'unknown' },
  });
  await importWeights(second, file);
  const values = (model: LayersModel) => model.getWeights().map((weight) => [...weight.dataSync()]);
  expect(values(second)).toEqual(values(first));
  const inner = sequential({ layers: [dense(2, 'dense'), dense(2, 'dense_1')] });
  await expect(importWeights(sequential({ layers: [inner] }), file)).rejects.toThrow(
    /the file holds no names of layers.*not in the file: "layers\/sequential\/layers\/dense\/kernel", .*not in the model: "layers\/dense_1\/bias"/,
  );
});

test('refuses a file whose names and order contradict each other', async () => {
  const first = sequential({ layers: [dense(2, 'a'), dense(2, 'b')] });
  const second = sequential({ layers: [dense(2, 'b'), dense(2, 'a')] });
  await expect(importWeights(second, await exportWeights(first))).rejects.toThrow(
    /names and order of the layers disagree.*"b\/kernel".*give the layers the same names/s,
  );
});

test('a name that the user gave is never taken for another number of it', async () => {
  const model = sequential({ layers: [dense(2, 'block_1'), dense(2, 'block_2')] });
  const other = rename(await exportWeights(model), (path) => path.replace('_2', '_3').replace('_1', '_2'));
  await expect(importWeights(model, other)).rejects.toThrow('KEEPFIT_CHECKPOINT_MISMATCH');
});

test('numbers automatic names as Keras does: in the order in which the layers were made', async () => {
  const [late, early] = [dense(2), dense(2)];
  const model = sequential({ layers: [early, late] });
  const { metadata } = readNaively(await exportWeights(model));
  expect(JSON.parse(metadata['keras.order']!)).toEqual([
    'sequential/dense_1/kernel',
    'sequential/dense_1/bias',
    'sequential/dense/kernel',
    'sequential/dense/bias',
  ]);
});

test('loads all or nothing, and lists each weight that does not fit', async () => {
  const model = sequential({ layers: [dense(2), dense(3)] });
  const file = await exportWeights(sequential({ layers: [dense(2), dense(4)] }));
  const before = model.getWeights().map((weight) => [...weight.dataSync()]);
  await expect(importWeights(model, file)).rejects.toThrow(
    /dense_1\/kernel: saved float32 \[2, 4\], now float32 \[2, 3\][^]*dense_1\/bias: saved float32 \[4\]/,
  );
  expect(model.getWeights().map((weight) => [...weight.dataSync()])).toEqual(before);
  await expect(importWeights(model, file.subarray(0, 100))).rejects.toThrow('KEEPFIT_CHECKPOINT_CORRUPT');
});

test('says of a GRU with resetAfter that tfjs-layers does not have it', async () => {
  const model = sequential({ layers: [layers.gru({ units: 2, inputShape: [5, 4], name: 'reader' })] });
  const { tensors } = readNaively(await exportWeights(model));
  const path = 'sequential/reader/gru_cell/bias';
  tensors[path] = { dtype: 'F32', shape: [2, 6], bytes: new Uint8Array(48) };
  await expect(importWeights(model, writeNaively({ tensors }))).rejects.toThrow(
    `"${path}" is of a GRU with reset_after=True, which tfjs-layers does not have`,
  );
});

test('tells two layers with one name apart by the models around them', async () => {
  const [one, two] = ['one', 'two'].map((name) => sequential({ layers: [dense(2, 'd')], name }));
  const model = sequential({ layers: [one!, two!] });
  const { metadata } = readNaively(await exportWeights(model));
  expect(JSON.parse(metadata['keras.order']!)).toEqual([
    'one/d/kernel',
    'one/d/bias',
    'two/d/kernel',
    'two/d/bias',
  ]);
});

test('a path begins at the innermost model that was built before the one around it, as in Keras', async () => {
  const inputs = input({ shape: [2] });
  const inner = makeModel({ inputs, outputs: dense(2, 'a').apply(inputs) as SymbolicTensor, name: 'inner' });
  const late = sequential({ layers: [dense(2, 'b')], name: 'late' });
  const model = sequential({
    layers: [
      layers.timeDistributed({ layer: inner, inputShape: [3, 2], name: 'each' }),
      layers.timeDistributed({ layer: late, name: 'each2' }),
      layers.rnn({ cell: ['c', 'd'].map(makeCell), returnSequences: true, name: 'e' }),
      layers.rnn({ cell: ['c', 'd'].map(makeCell), name: 'f' }),
    ],
    name: 'outer',
  });
  const { metadata } = readNaively(await exportWeights(model));
  const paths = JSON.parse(metadata['keras.order']!) as string[];
  expect(paths.filter((path) => path.endsWith('/kernel'))).toEqual([
    'a/kernel',
    'late/b/kernel',
    'outer/e/stacked_rnn_cells/c/kernel',
    'outer/e/stacked_rnn_cells/d/kernel',
    'outer/f/stacked_rnn_cells_1/c/kernel',
    'outer/f/stacked_rnn_cells_1/d/kernel',
  ]);
});

test('the documented lines of Python are those that recorded the files', () => {
  const page = readFileSync(new URL('../../../docs/python.md', import.meta.url), 'utf8');
  const lines = readFileSync(new URL('data/keras-files/weights.py', import.meta.url), 'utf8');
  expect(page).toContain(`\`\`\`python\n${lines}\`\`\``);
});
