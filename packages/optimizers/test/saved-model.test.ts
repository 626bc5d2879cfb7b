import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { programFile } from '../../../test/programs/program-file.js';
import { adamW, nadam, registerOptimizers, sgd } from '../src/index.js';
import { createModel, fromText, toText, trainModel } from './helpers/saved-model.js';
import { allOptions, creators } from './helpers/train.js';

const CHILD = programFile('packages/optimizers/test/helpers/continue-model.ts');
const run = promisify(execFile);

beforeAll(async () => {
  await tf.setBackend('cpu');
  registerOptimizers();
});

test('saved with its optimizer and loaded in a new process, a model trains to the bits of not having saved it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'keepfit-saved-model-'));
  try {
    const model = createModel(
      nadam({ ...allOptions, excludeFromWeightDecay: ['dense_Dense/bias', 'kernel_X'] }) as never,
    );
    await trainModel(model, 0, 4);
    const file = join(folder, 'model.json');
    await writeFile(file, await toText(model));
    const { stdout } = await run(process.execPath, [CHILD, file, '4', '9']);
    expect(JSON.parse(stdout)).toEqual(await trainModel(model, 4, 9));
    model.dispose();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test.each(['adafactor', 'muon'])('%s continues in a model that was loaded', async (name) => {
  const model = createModel(creators[name]!(allOptions));
  await trainModel(model, 0, 2);
  const loaded = await tf.loadLayersModel(fromText(await toText(model)));
  expect(loaded.optimizer.getConfig()).toEqual(model.optimizer.getConfig());
  expect(await trainModel(loaded, 2, 4)).toEqual(await trainModel(model, 2, 4));
  model.dispose();
  loaded.dispose();
});

test("a model that was saved with tfjs' own Adam keeps it", async () => {
  const model = createModel(tf.train.adam() as never);
  await trainModel(model, 0, 1);
  const loaded = await tf.loadLayersModel(fromText(await toText(model)));
  expect(loaded.optimizer.constructor).toBe(model.optimizer.constructor);
});

test('cannot be saved with a function as schedule', async () => {
  const model = createModel(adamW({ learningRate: (step) => 1 / (step + 1) }) as never);
  await expect(toText(model)).rejects.toThrow('a function as schedule cannot be saved with an optimizer');
});

test('without state, its steps are saved all the same', async () => {
  const model = createModel(sgd({ learningRate: 0.1 }) as never);
  await trainModel(model, 0, 3);
  const loaded = await tf.loadLayersModel(fromText(await toText(model)));
  expect(loaded.optimizer.iterations).toBe(3);
  expect(await trainModel(loaded, 3, 4)).toEqual(await trainModel(model, 3, 4));
});
