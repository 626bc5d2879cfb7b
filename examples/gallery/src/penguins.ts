import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { adam, BackupAndRestore, EarlyStopping, evaluate, fit, seeded, useBackend } from 'keepfit';
import { wasmBackend } from '@keepfit/backend-wasm';
import type { TrainOptions } from './example.js';
import { readData } from './read-data.js';

const SPECIES = ['Adelie', 'Chinstrap', 'Gentoo'];
const MEASURES = ['Beak Length (mm)', 'Beak Depth (mm)', 'Flipper Length (mm)', 'Body Mass (g)'] as const;

type Penguin = Readonly<Record<(typeof MEASURES)[number], number | null>> & { readonly Species: string };

/** Tells the species of a penguin by four measures. Stops early, and keeps the weights of the best epoch. */
export async function trainPenguins({ epochs, samples, store, callbacks = [] }: TrainOptions) {
  await useBackend(wasmBackend());
  const penguins = (await readPenguins()).slice(0, samples);
  const trained = penguins.slice(0, Math.floor(0.75 * penguins.length));
  const { mean, deviation } = measureSpread(trained);
  const toArrays = (birds: readonly Penguin[]) => {
    const measures = birds.flatMap((bird) =>
      MEASURES.map((key, column) => ((bird[key] ?? 0) - (mean[column] ?? 0)) / (deviation[column] ?? 1)),
    );
    return {
      x: { data: Float32Array.from(measures), shape: [birds.length, MEASURES.length] },
      y: { data: Int32Array.from(birds, (bird) => SPECIES.indexOf(bird.Species)), shape: [birds.length] },
    };
  };
  const training = toArrays(trained);
  const validation = toArrays(penguins.slice(trained.length));

  const model = seeded(7, buildModel);
  model.compile({
    optimizer: adam({ learningRate: 0.003 }),
    loss: 'sparseCategoricalCrossentropy',
    metrics: ['accuracy'],
  });
  await fit(model, training.x, training.y, {
    epochs,
    batchSize: 16,
    seed: 7,
    validationData: [validation.x, validation.y],
    callbacks: [
      new EarlyStopping({ monitor: 'val_loss', patience: 10, restoreBestWeights: true, verbose: 1 }),
      new BackupAndRestore(store, { saveFreq: 5 }),
      ...callbacks,
    ],
  });
  const { accuracy = NaN } = await evaluate(model, validation.x, validation.y, { verbose: 0 });
  console.log(`Right on ${(100 * accuracy).toFixed(1)} % of the penguins that it was not trained on.`);
  return model;
}

function buildModel() {
  return sequential({
    layers: [
      layers.dense({ units: 16, activation: 'relu', inputShape: [MEASURES.length] }),
      layers.dropout({ rate: 0.2 }),
      layers.dense({ units: SPECIES.length, activation: 'softmax' }),
    ],
  });
}

/** Reads the penguins of the Palmer Archipelago without gaps, in an order that is random but always the same. */
async function readPenguins(): Promise<readonly Penguin[]> {
  const penguins = JSON.parse(await readData('vega-datasets', '../data/penguins.json')) as Penguin[];
  const whole = penguins.filter((penguin) => MEASURES.every((key) => penguin[key] !== null));
  seeded(7, () => tf.util.shuffle(whole));
  return whole;
}

/** The mean and the standard deviation of each measure: only of what is trained on. */
function measureSpread(penguins: readonly Penguin[]) {
  const columns = MEASURES.map((key) => penguins.map((penguin) => penguin[key] ?? 0));
  const average = (values: readonly number[]) =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const mean = columns.map(average);
  const deviation = columns.map((values, column) =>
    Math.sqrt(average(values.map((value) => (value - (mean[column] ?? 0)) ** 2))),
  );
  return { mean, deviation };
}
