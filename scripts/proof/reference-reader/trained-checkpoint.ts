import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { train } from '@tensorflow/tfjs-core';
import { layers, type LayersModel, sequential } from '@tensorflow/tfjs-layers';
import { cpuBackend } from '../../../packages/backend-cpu/src/index.ts';
import { readSafetensors } from '../../../packages/callbacks/src/checkpoint.ts';
import { BackupAndRestore, EarlyStopping } from '../../../packages/callbacks/src/index.ts';
import { seeded, useBackend } from '../../../packages/fit/src/index.ts';
import { fit, fromLayers } from '../../../packages/layers/src/index.ts';
import { fsStore } from '../../../packages/store-fs/src/index.ts';
import { randomNumbers } from '../random-numbers.js';
import type { ExpectedTensors } from './expected-tensors.js';

const [SAMPLES, FEATURES] = [40, 6];

/** Trains a small model with a backup, which stays as `trained.safetensors`; gives what is in it, the weights as the model had them. */
export async function trainedCheckpoint(folder: string): Promise<ExpectedTensors> {
  await useBackend(cpuBackend());
  const model = seeded(1, () =>
    sequential({
      layers: [
        layers.dense({ units: 5, activation: 'relu', inputShape: [FEATURES] }),
        layers.batchNormalization(),
        layers.dropout({ rate: 0.3 }),
        layers.dense({ units: 1, activation: 'sigmoid' }),
      ],
    }),
  );
  model.compile({ optimizer: train.adam(0.01), loss: 'binaryCrossentropy', metrics: ['accuracy'] });
  const random = randomNumbers(2);
  const x = {
    data: Float32Array.from({ length: SAMPLES * FEATURES }, () => random() - 0.5),
    shape: [SAMPLES, FEATURES],
  };
  const y = { data: Float32Array.from({ length: SAMPLES }, () => Math.round(random())), shape: [SAMPLES, 1] };
  const backup = new BackupAndRestore(fsStore(folder), { name: 'trained', deleteCheckpoint: false });
  const best = new EarlyStopping({ patience: 5, restoreBestWeights: true });
  let weights: ExpectedTensors = {};
  // Before the end of the training, at which EarlyStopping puts its best weights into the model.
  const watcher = { onEpochEnd: () => void (weights = weightsOf(model)) };
  await fit(model, x, y, {
    epochs: 3,
    batchSize: 8,
    seed: 3,
    validationSplit: 0.2,
    verbose: 0,
    callbacks: [best, backup, watcher],
  });
  return { ...(await tensorsOf(join(folder, 'trained.safetensors'))), ...weights };
}

/** As keepfit's own reader gives them. */
async function tensorsOf(path: string): Promise<ExpectedTensors> {
  const { tensors } = readSafetensors(await readFile(path));
  const entries = [...tensors].filter(([name]) => name !== 'keepfit.crc32');
  return Object.fromEntries(
    entries.map(([name, { dtype, shape, bytes }]) => [name, { dtype, shape, hex: hexOf(bytes) }]),
  );
}

function weightsOf(model: LayersModel): ExpectedTensors {
  const weights = fromLayers(model).weights.map(({ name, variable }): [string, ExpectedTensors[string]] => [
    `weights/${name}`,
    { dtype: 'float32', shape: variable.shape, hex: hexOf(variable.dataSync()) },
  ]);
  return Object.fromEntries(weights);
}

function hexOf({ buffer, byteOffset, byteLength }: ArrayBufferView): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('hex');
}
