import { cpuBackend } from '@keepfit/backend-cpu';
import { Trainer, useBackend } from '@keepfit/fit';
import { Trainer as CoreTrainer, type TrainerOptions } from '@keepfit/fit/core';
import { meanSquaredError } from '@keepfit/fit/losses';
import { auc } from '@keepfit/fit/metrics';
import * as tf from '@tensorflow/tfjs-core';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import { plainModel } from './helpers/plain-model.js';

interface Esbuild {
  build(options: object): Promise<{ metafile: { outputs: Record<string, { inputs: object }> } }>;
}

/** The esbuild that builds the packages. */
const esbuild = createRequire(createRequire(import.meta.url).resolve('tsup'))('esbuild') as Esbuild;

/** The files of src that a page loads with a door. */
async function filesBehind(door: string): Promise<string[]> {
  const { metafile } = await esbuild.build({
    entryPoints: [fileURLToPath(new URL(`../src/${door}`, import.meta.url))],
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    target: 'es2022',
    external: ['@keepfit/*', '@tensorflow/*', '*/install-gradients.js'],
    logLevel: 'silent',
  });
  const [output] = Object.values(metafile.outputs);
  return Object.keys(output?.inputs ?? {}).map((file) => file.replace(/^.*\/src\//, ''));
}

const tables = [
  'keras-names.ts',
  'losses/get-loss.ts',
  'losses/loss-table.ts',
  'metrics/get-metric.ts',
  'metrics/metric-table.ts',
  'optimizer/get-optimizer.ts',
];

beforeAll(() => useBackend(cpuBackend()));

test('the main door brings the tables of names', async () => {
  expect(await filesBehind('index.ts')).toEqual(expect.arrayContaining(tables));
});

test('no table and no loss or metric by name comes with core', async () => {
  const files = await filesBehind('core.ts');
  expect(files.filter((file) => tables.includes(file))).toEqual([]);
  expect(files.filter((file) => /^(losses|metrics)\//.test(file)).sort()).toEqual([
    'losses/tensors.ts',
    'losses/weighted-mean.ts',
    'metrics/masked-mean.ts',
    'metrics/weighted-sum.ts',
  ]);
  expect(files).toContain('trainer.ts');
});

test('the Trainer of the main door is one of core, which trains functions and objects', async () => {
  const options = { optimizer: tf.train.sgd(0.1), loss: meanSquaredError(), metrics: [auc()] };
  expect(new Trainer(plainModel(1), options)).toBeInstanceOf(CoreTrainer);
  const trainer = new CoreTrainer(plainModel(1), options);
  const history = await trainer.fit(tf.ones([4, 3]), tf.ones([4, 1]), { verbose: 0 });
  expect(Object.keys(history.history)).toEqual(['auc', 'loss']);
});

test.each([
  ['loss', { loss: 'mse' }],
  ['metric', { metrics: ['accuracy'] }],
  ['optimizer', { optimizer: 'adam' }],
])('core refuses the name of its %s, and says where names are found', (_, named) => {
  const options = { optimizer: tf.train.sgd(0.1), loss: meanSquaredError(), ...named };
  expect(() => new CoreTrainer(plainModel(1), options as unknown as TrainerOptions)).toThrow(
    /^KEEPFIT_INVALID_OPTION: .*"(mse|accuracy|adam)".*'@keepfit\/fit'/,
  );
});
