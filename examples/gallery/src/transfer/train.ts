// Transfer learning: a convnet learns the digits 0 to 4; then its features are frozen, and a new head learns 5 to 9.
import { layers, type Sequential, sequential } from '@tensorflow/tfjs-layers';
import {
  adam,
  BackupAndRestore,
  type CallbackHooks,
  type CheckpointStore,
  fit,
  seeded,
  useBackend,
} from 'keepfit';
import { selectDigits, type Digits } from './select-digits.js';
import { createWasmBackend } from './wasm-backend.js';

export type Phase = 'base' | 'head';

export interface TransferOptions {
  readonly digits: Digits;
  /** How many epochs each of the two trainings has. */
  readonly epochs: number;
  readonly store: CheckpointStore;
  /** The callbacks of a training that begins or continues. */
  watch(phase: Phase): readonly CallbackHooks[];
}

/** How many images of the new digits are trained on: a tenth of those of the first ones. */
const FEW = 400;

/** Run it again at any time: a training that has ended is restored, and the other one continues. */
export async function trainTransfer({ digits, epochs, store, watch }: TransferOptions) {
  await useBackend(createWasmBackend());
  const features = seeded(7, buildFeatures);
  const base = seeded(8, () => addHead(features));
  await train('base', base, selectDigits(digits, [0, 1, 2, 3, 4]));

  features.trainable = false;
  const model = seeded(9, () => addHead(features));
  await train('head', model, selectDigits(digits, [5, 6, 7, 8, 9], FEW));
  return { base, model };

  async function train(
    phase: Phase,
    network: Sequential,
    { training, validation }: ReturnType<typeof selectDigits>,
  ) {
    network.compile({
      optimizer: adam({ learningRate: 0.002 }),
      loss: 'sparseCategoricalCrossentropy',
      metrics: ['accuracy'],
    });
    await fit(network, training.x, training.y, {
      epochs,
      batchSize: 32,
      seed: 7,
      verbose: 0,
      validationData: [validation.x, validation.y],
      callbacks: [
        ...watch(phase),
        // Kept at the end: when the page is opened again, this restores the result and trains nothing.
        new BackupAndRestore(store, { name: phase, saveFreq: 5, deleteCheckpoint: false }),
      ],
    });
  }
}

function buildFeatures() {
  return sequential({
    name: 'features',
    layers: [
      layers.conv2d({ filters: 16, kernelSize: 3, activation: 'relu', inputShape: [28, 28, 1] }),
      layers.maxPooling2d({ poolSize: 2 }),
      layers.conv2d({ filters: 32, kernelSize: 3, activation: 'relu' }),
      layers.maxPooling2d({ poolSize: 2 }),
      layers.flatten(),
    ],
  });
}

function addHead(features: Sequential): Sequential {
  return sequential({
    layers: [
      features,
      layers.dropout({ rate: 0.25 }),
      layers.dense({ units: 64, activation: 'relu' }),
      layers.dropout({ rate: 0.25 }),
      layers.dense({ units: 5, activation: 'softmax' }),
    ],
  });
}
