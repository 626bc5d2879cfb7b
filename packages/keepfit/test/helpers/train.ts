import { cpuBackend } from '@keepfit/backend-cpu';
import { BackupAndRestore, ModelCheckpoint } from '@keepfit/callbacks';
import { seeded, useBackend } from '@keepfit/fit';
import { fit } from '@keepfit/layers';
import { fsStore } from '@keepfit/store-fs';
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';

export interface Training {
  /** The seed of the initial weights. */
  readonly init?: number;
  readonly epochs?: number;
}

/**
 * Trains a small model. It leaves the last checkpoint in a folder, and the weights of each epoch in its
 * folder `models`.
 */
export async function train(folder: string, { init = 1, epochs = 2 }: Training = {}): Promise<void> {
  await useBackend(cpuBackend());
  const model = seeded(init, () =>
    sequential({
      layers: [
        layers.dense({ units: 3, inputShape: [2], name: 'hidden' }),
        layers.dense({ units: 1, name: 'out' }),
      ],
    }),
  );
  model.compile({ optimizer: tf.train.adam(0.05), loss: 'meanSquaredError' });
  const backup = new BackupAndRestore(fsStore(folder), { deleteCheckpoint: false });
  const weights = new ModelCheckpoint(fsStore(`${folder}/models`), {
    keyPattern: 'epoch-{epoch}',
    saveWeightsOnly: true,
  });
  const x = tf.randomUniform([8, 2], 0, 1, 'float32', 7);
  await fit(model, x, tf.ones([8, 1]), {
    epochs,
    batchSize: 3,
    seed: 7,
    verbose: 0,
    callbacks: [backup, weights],
  });
}
