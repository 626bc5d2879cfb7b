import { fit } from '@keepfit/layers';
import * as tf from '@tensorflow/tfjs';
import { cpuTime } from './cpu-time.js';
import { type BenchModel, LOSS, OPTIMIZER } from './model.js';

/** Trains so many steps and gives the CPU time of one, in milliseconds. */
export type Training = (steps: number) => Promise<number>;

/** As keepfit trains: `fit` on arrays, with nothing left out. The model and its data live on the backend of the moment. */
export function keepfitTraining(subject: BenchModel): Training {
  const model = subject.build();
  model.compile({ optimizer: OPTIMIZER, loss: LOSS });
  return async (steps) => {
    const { x, y } = subject.data(steps * subject.batchSize);
    const start = cpuTime();
    await fit(model, x, y, { batchSize: subject.batchSize, verbose: 0 });
    const time = (cpuTime() - start) / steps;
    tf.dispose([x, y]);
    return time;
  };
}

/** As tfjs trains at its fastest: the optimizer's `minimize` on one batch that lies ready, by hand. `model.fit` takes longer. */
export function stockTraining(subject: BenchModel): Training {
  const model = subject.build();
  const optimizer = tf.train.adam();
  const { x, y } = subject.data(subject.batchSize);
  const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
  return async (steps) => {
    const start = cpuTime();
    for (let step = 0; step < steps; step++) {
      const loss = optimizer.minimize(
        () => tf.metrics.categoricalCrossentropy(y, model.apply(x, { training: true }) as tf.Tensor).mean(),
        true,
        variables,
      );
      loss?.dataSync();
      loss?.dispose();
    }
    return (cpuTime() - start) / steps;
  };
}
