import { cpuBackend } from '@keepfit/backend-cpu';
import { seeded, useBackend } from '@keepfit/fit';
import { importWeights } from '@keepfit/layers';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { beforeAll, expect, test } from 'vitest';
import { readNaively } from '../../callbacks/test/format/naive-file.js';
import {
  getDistance,
  models,
  predictRecorded,
  readKerasFile,
  recorded,
} from '../../layers/test/helpers/keras-files.js';
import { createFolder } from './helpers/folder.js';
import { createKerasReader } from './helpers/keras-reader.js';

beforeAll(() => useBackend(cpuBackend()));

const read = createKerasReader(createFolder());

/** Weights alone do not tell gamma from beta: these two models have one of them. */
const ambiguous = ['images', 'text'];
const cases = ['.keras', '.weights.h5', '.h5', '.keras2.h5'].flatMap((ending) =>
  Object.keys(models)
    .filter((name) => ending !== '.weights.h5' || !ambiguous.includes(name))
    .map((name) => [name, ending] as const),
);

test.each(cases)('the weights of %s%s predict in tfjs-layers as in Keras', async (name, ending) => {
  const built = seeded(3, () => models[name]!());
  await importWeights(built, await read(readKerasFile(name + ending)));
  expect(getDistance(predictRecorded(built, recorded[name]!), recorded[name]!.y)).toBeLessThan(1e-5);
});

test.each(Object.keys(models))('the file of %s.keras tells the order of its weights', async (name) => {
  const { metadata } = readNaively(await read(readKerasFile(`${name}.keras`)));
  expect(JSON.parse(metadata['keras.order']!)).toEqual(recorded[name]!.paths);
});

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
    const built = build2();
    await importWeights(built, await read(readKerasFile(`plain${ending}`)));
    expect(getDistance(predictRecorded(built, recorded['plain']!), recorded['plain']!.y)).toBeLessThan(1e-5);
  }
});
