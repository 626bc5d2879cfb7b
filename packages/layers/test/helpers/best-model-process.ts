import { cpuBackend } from '@keepfit/backend-cpu';
import { ModelCheckpoint } from '@keepfit/callbacks';
import { seeded, useBackend } from '@keepfit/fit';
import { fit, loadWeights } from '@keepfit/layers';
import { fsStore } from '@keepfit/store-fs';
import * as tf from '@tensorflow/tfjs-core';
import { layers, type LayersModel, sequential } from '@tensorflow/tfjs-layers';

/**
 * A process that trains a model and keeps its best weights in a folder, or another one that loads them into a fresh
 * model. Either writes to stdout what the best model predicts.
 */
const [task = '', folder = ''] = process.argv.slice(2);
await useBackend(cpuBackend());
const [x, y] = [
  tf.randomUniform([16, 3], -1, 1, 'float32', 7),
  tf.randomUniform([16, 1], 0, 1, 'float32', 8),
];
const store = fsStore(folder);
process.stdout.write(JSON.stringify(task === 'train' ? await trainBest() : await predictBest()));

function createModel(seed: number): LayersModel {
  return seeded(seed, () =>
    sequential({
      layers: [
        layers.dense({ units: 4, activation: 'tanh', inputShape: [3] }),
        layers.batchNormalization(),
        layers.dense({ units: 1 }),
      ],
    }),
  );
}

function predict(model: LayersModel): number[] {
  return tf.tidy(() => [...(model.predict(x) as tf.Tensor).dataSync()]);
}

async function trainBest(): Promise<number[]> {
  const model = createModel(1);
  // The rate is so high that the last epoch is not the best.
  model.compile({ optimizer: tf.train.sgd(0.9), loss: 'meanSquaredError' });
  const best = new ModelCheckpoint(store, {
    keyPattern: 'best',
    saveBestOnly: true,
    saveWeightsOnly: true,
  });
  let [value, predicted]: [number | undefined, number[]] = [undefined, []];
  const look = {
    onEpochEnd: () => {
      if (best.best !== value) [value, predicted] = [best.best, predict(model)];
    },
  };
  const callbacks = [best, look];
  await fit(model, x, y, { epochs: 6, batchSize: 4, seed: 3, validationSplit: 0.25, verbose: 0, callbacks });
  if (String(predict(model)) === String(predicted)) throw new Error('the last epoch is the best');
  return predicted;
}

async function predictBest(): Promise<number[]> {
  const model = createModel(99);
  await loadWeights(model, store, 'best');
  return predict(model);
}
