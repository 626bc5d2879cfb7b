import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cpuBackend } from '@keepfit/backend-cpu';
import { seeded, useBackend } from '@keepfit/fit';
import { importWeights } from '@keepfit/layers';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { beforeAll, expect, test } from 'vitest';
import {
  getDistance,
  models,
  predictRecorded,
  readKerasFile,
  recorded,
} from '../../layers/test/helpers/keras-files.js';
import { createFolder } from './helpers/folder.js';
import { keepfit } from './helpers/keepfit.js';

beforeAll(() => useBackend(cpuBackend()));

const folder = createFolder();

/** The model with the weights of this file. */
async function load(name: string, ending: string): Promise<LayersModel> {
  const [path, out] = [join(folder, name + ending), join(folder, `${name}${ending}.safetensors`)];
  writeFileSync(path, readKerasFile(name + ending));
  expect(await keepfit('import', path, '--out', out)).toMatchObject({ status: 0, err: '' });
  const built = seeded(3, () => models[name]!());
  await importWeights(built, readFileSync(out));
  return built;
}

/** Weights alone do not tell gamma from beta: these two models have one of them. */
const ambiguous = ['images', 'text'];
const cases = ['.keras', '.weights.h5', '.h5', '.keras2.h5'].flatMap((ending) =>
  Object.keys(models)
    .filter((name) => ending !== '.weights.h5' || !ambiguous.includes(name))
    .map((name) => [name, ending] as const),
);

test.each(cases)('the weights of %s%s predict in tfjs-layers as in Keras', async (name, ending) => {
  const built = await load(name, ending);
  expect(getDistance(predictRecorded(built, recorded[name]!), recorded[name]!.y)).toBeLessThan(1e-5);
});
