// Trains a small convnet on WASM, as a user's program does, in Node and in pages.
import * as tf from '@tensorflow/tfjs';
import { wasmBackend } from '@keepfit/backend-wasm';
import { BackupAndRestore, fit, seeded, useBackend } from 'keepfit';

const images = 48;
const columns = (...shape) => ({
  data: Float32Array.from({ length: shape.reduce((a, b) => a * b) }, (_, at) =>
    Math.fround(((at * 37) % 101) / 101),
  ),
  shape,
});

/**
 * Resolves to the SHA-256 of the weights, and to the number of epochs that this program trained.
 * @param store where the backup is
 * @param wait awaited when the second epoch has been backed up, so that the program can be killed there
 */
export async function train(store, wait) {
  await useBackend(wasmBackend());
  const model = seeded(1, () =>
    tf.sequential({
      layers: [
        tf.layers.conv2d({ filters: 4, kernelSize: 3, activation: 'relu', inputShape: [8, 8, 1] }),
        tf.layers.flatten(),
        tf.layers.dropout({ rate: 0.2 }),
        tf.layers.dense({ units: 3 }),
      ],
    }),
  );
  model.compile({ optimizer: 'adam', loss: 'meanSquaredError' });
  let epochs = 0;
  const count = {
    async onEpochBegin(epoch) {
      if (epoch === 2) await wait?.();
      epochs++;
    },
  };
  await fit(model, columns(images, 8, 8, 1), columns(images, 3), {
    ...{ batchSize: 8, epochs: 4, seed: 2, verbose: 0 },
    callbacks: [new BackupAndRestore(store), count],
  });
  const weights = await Promise.all(model.getWeights().map((weight) => weight.data()));
  const hash = await crypto.subtle.digest('SHA-256', await new Blob(weights).arrayBuffer());
  return {
    hash: [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, '0')).join(''),
    epochs,
  };
}
