import { fit } from '@keepfit/layers';
import * as tf from '@tensorflow/tfjs';
import { getCpuTime } from '../measure/clocks.js';
import { type BenchModel, LOSS, OPTIMIZER } from './model.js';

/** Trains so many steps and resolves to the CPU time of one, in milliseconds. */
export type Training = (steps: number) => Promise<number>;

/** Trains with keepfit's complete `fit` on arrays. The model and its data are on the current backend. */
export function createKeepfitTraining(subject: BenchModel): Training {
  const model = subject.build();
  model.compile({ optimizer: OPTIMIZER, loss: LOSS });
  return async (steps) => {
    const { x, y } = subject.data(steps * subject.batchSize);
    const start = getCpuTime();
    await fit(model, x, y, { batchSize: subject.batchSize, verbose: 0 });
    const time = (getCpuTime() - start) / steps;
    tf.dispose([x, y]);
    return time;
  };
}

/**
 * Trains with tfjs at its fastest: the optimizer's `minimize` on one prepared batch. `model.fit` takes
 * longer.
 */
export function createStockTraining(subject: BenchModel): Training {
  const model = subject.build();
  const optimizer = tf.train.adam();
  const { x, y } = subject.data(subject.batchSize);
  const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
  return async (steps) => {
    const start = getCpuTime();
    for (let step = 0; step < steps; step++) {
      const loss = optimizer.minimize(
        () => tf.metrics.categoricalCrossentropy(y, model.apply(x, { training: true }) as tf.Tensor).mean(),
        true,
        variables,
      );
      loss?.dataSync();
      loss?.dispose();
    }
    return (getCpuTime() - start) / steps;
  };
}
