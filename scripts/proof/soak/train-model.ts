import { writeSync } from 'node:fs';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import * as tf from '@tensorflow/tfjs-core';
import {
  BackupAndRestore,
  type CheckpointStore,
  ReduceLROnPlateau,
} from '../../../packages/callbacks/src/index.ts';
import { type FitOptions, seeded } from '../../../packages/fit/src/index.ts';
import { fit } from '../../../packages/layers/src/index.ts';
import { openStore } from './open-store.js';
import { createRandomNumbers } from '../random-numbers.js';
import { readCheckpoint } from './read-checkpoint.js';

const [SAMPLES, FEATURES] = [90, 6];

/** Where a training keeps its backups, and how long it is. */
export interface Run {
  /** A folder, or the address of a bucket. */
  readonly place: string;
  /** Of the names there. The training waits for the lock if it has one. */
  readonly prefix: string;
  readonly epochs: number;
}

/** Trains a small model with a backup after every batch, and prints each backup that was acknowledged. */
export async function trainModel({ place, prefix, epochs }: Run, options: FitOptions = {}): Promise<void> {
  const model = seeded(1, () =>
    sequential({
      layers: [
        layers.dense({ units: 8, activation: 'relu', inputShape: [FEATURES] }),
        layers.batchNormalization(),
        layers.dropout({ rate: 0.3 }),
        layers.dense({ units: 1, activation: 'sigmoid' }),
      ],
    }),
  );
  model.compile({ optimizer: tf.train.adam(0.01), loss: 'binaryCrossentropy', metrics: ['accuracy'] });

  const random = createRandomNumbers(2);
  const x = {
    data: Float32Array.from({ length: SAMPLES * FEATURES }, () => random() - 0.5),
    shape: [SAMPLES, FEATURES],
  };
  const y = { data: Float32Array.from({ length: SAMPLES }, () => Math.round(random())), shape: [SAMPLES, 1] };
  const store = printAcknowledged(openStore(place, prefix));
  await fit(model, x, y, {
    ...options,
    epochs,
    batchSize: 8,
    seed: 3,
    validationSplit: 0.2,
    verbose: 0,
    callbacks: [
      new ReduceLROnPlateau({ patience: 2 }),
      new BackupAndRestore(store, {
        saveFreq: 1,
        deleteCheckpoint: false,
        lockTimeout: prefix === '' ? 0 : Infinity,
      }),
    ],
  });
}

/**
 * Prints each checkpoint as soon as its promise has resolved, so that the line survives anything that happens
 * to this process next.
 */
function printAcknowledged(inner: CheckpointStore): CheckpointStore {
  return {
    ...inner,
    async set(key, content, condition) {
      const version = await inner.set(key, content, condition);
      // No other backup begins before this promise has resolved, so this reads back the same one.
      const stored = await inner.get(key);
      if (stored?.version !== version)
        throw new Error(`version ${version} was acknowledged, and ${stored?.version} is there`);
      writeSync(1, `${JSON.stringify(readCheckpoint(stored.bytes))}\n`);
      return version;
    },
  };
}
