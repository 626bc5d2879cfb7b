import type { CallbackHooks } from '@keepfit/callbacks';
import { type Model, seeded, Trainer } from '@keepfit/fit';
import * as tf from '@tensorflow/tfjs-core';

const x = { data: Float32Array.from({ length: 60 }, (_, i) => Math.sin(i)), shape: [20, 3] };
const y = { data: Float32Array.from({ length: 20 }, (_, i) => Math.cos(i)), shape: [20, 1] };

/** Trains a small model with noise for 3 epochs of 4 batches: for pages. Resolves to what it ends with. */
export async function trainNoisy(callbacks: CallbackHooks[]) {
  const model = seeded(1, noisyModel);
  const trainer = new Trainer(model, { optimizer: 'adam', loss: 'mse', metrics: ['mae'] });
  await trainer.fit(x, y, { epochs: 3, batchSize: 6, seed: 5, verbose: 0, callbacks });
  return {
    weights: model.weights.map(({ variable }) => [...variable.dataSync()]),
    history: trainer.history.history,
  };
}

function noisyModel(): Model {
  const kernel = tf.variable(tf.randomNormal<tf.Rank.R2>([3, 1]));
  return {
    weights: [{ name: 'kernel', variable: kernel, trainable: true }],
    call: (inputs, { training }) => {
      const input = inputs as tf.Tensor2D;
      return tf.matMul(training ? tf.add(input, tf.randomNormal(input.shape)) : input, kernel as tf.Tensor2D);
    },
  };
}
