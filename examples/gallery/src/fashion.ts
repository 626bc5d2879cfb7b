import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { adam, BackupAndRestore, fit, ReduceLROnPlateau, seeded, useBackend } from 'keepfit';
import { wasmBackend } from '@keepfit/backend-wasm';
import type { TrainOptions } from './example.js';
import { readData } from './read-data.js';

const SIDE = 28;
const PIXELS = SIDE * SIDE;
const CLASSES = [
  'T-shirt',
  'trousers',
  'pullover',
  'dress',
  'coat',
  'sandal',
  'shirt',
  'sneaker',
  'bag',
  'boot',
];

/** Tells ten kinds of clothes apart: a convnet with batch norm and dropout. */
export async function trainFashion({ epochs, samples, store, callbacks = [] }: TrainOptions) {
  await useBackend(wasmBackend());
  const images = await readClothes(samples);
  const validated = Math.floor(samples / 6);
  const validation = toArrays(images.slice(0, validated));
  const training = toArrays(images.slice(validated));

  const model = seeded(7, buildModel);
  model.compile({
    optimizer: adam({ learningRate: 0.002 }),
    loss: 'sparseCategoricalCrossentropy',
    metrics: ['accuracy'],
  });
  await fit(model, training.x, training.y, {
    epochs,
    batchSize: 64,
    seed: 7,
    validationData: [validation.x, validation.y],
    callbacks: [
      new ReduceLROnPlateau({ monitor: 'val_loss', factor: 0.3, patience: 1, verbose: 1 }),
      new BackupAndRestore(store, { saveFreq: 10 }),
      ...callbacks,
    ],
  });
  return model;
}

function buildModel() {
  return sequential({
    layers: [
      layers.conv2d({ filters: 16, kernelSize: 3, useBias: false, inputShape: [SIDE, SIDE, 1] }),
      layers.batchNormalization({ momentum: 0.9 }),
      layers.reLU(),
      layers.maxPooling2d({ poolSize: 2 }),
      layers.conv2d({ filters: 32, kernelSize: 3, useBias: false }),
      layers.batchNormalization({ momentum: 0.9 }),
      layers.reLU(),
      layers.maxPooling2d({ poolSize: 2 }),
      layers.flatten(),
      layers.dropout({ rate: 0.3 }),
      layers.dense({ units: CLASSES.length, activation: 'softmax' }),
    ],
  });
}

interface Clothes {
  /** Grey from 0 to 255, row by row. */
  readonly pixels: Uint8Array;
  readonly label: number;
}

/** Reads Fashion-MNIST: as many images of each class, in an order that is random but always the same. */
async function readClothes(samples: number): Promise<readonly Clothes[]> {
  const images: Clothes[] = [];
  for (const label of CLASSES.keys()) {
    const wanted = Math.round(((label + 1) * samples) / CLASSES.length);
    // The file has all 7,000 images of the class: each is a list of numbers.
    const text = await readData('fashion-mnist', `clothes/${label}.json`);
    for (const [list] of text.matchAll(/\[[\d,]+\]/g)) {
      if (images.length === wanted) break;
      images.push({ pixels: Uint8Array.from(JSON.parse(list) as number[]), label });
    }
  }
  seeded(7, () => tf.util.shuffle(images));
  return images;
}

function toArrays(images: readonly Clothes[]) {
  const data = new Float32Array(images.length * PIXELS);
  images.forEach(({ pixels }, index) =>
    data.set(
      Float32Array.from(pixels, (grey) => grey / 255),
      index * PIXELS,
    ),
  );
  return {
    x: { data, shape: [images.length, SIDE, SIDE, 1] },
    y: { data: Int32Array.from(images, ({ label }) => label), shape: [images.length] },
  };
}
