import { getTrainer } from '@keepfit/layers';
import * as tf from '@tensorflow/tfjs';
import { getCpuTime } from '../measure/clocks.js';
import { type BenchModel, LOSS, OPTIMIZER } from './model.js';

/**
 * Trains so many steps and resolves to the CPU time of one, in milliseconds. It calls `onTimed` before the
 * first of them.
 */
export type Training = (steps: number, onTimed?: () => void) => Promise<number>;

/** The first steps of a fit are not timed: two run normally, one is recorded, one is compared. */
const FIRST_STEPS = 5;

/** Trains with keepfit's complete `fit` on arrays. The model and its data are on the current backend. */
export function createKeepfitTraining(subject: BenchModel, isReplayed: boolean): Training {
  const model = subject.build();
  model.compile({ optimizer: OPTIMIZER, loss: LOSS });
  const trainer = getTrainer(model);
  return async (steps, onTimed) => {
    const { x, y } = subject.data((FIRST_STEPS + steps) * subject.batchSize);
    let start = NaN;
    let time = NaN;
    const clock = {
      batchLogs: false,
      onTrainBatchBegin(batch: number): void {
        if (batch !== FIRST_STEPS) return;
        onTimed?.();
        start = getCpuTime();
      },
      // Not at the end of the fit: a comparison follows, which costs the same after few steps as after many.
      onTrainBatchEnd(batch: number): void {
        if (batch === FIRST_STEPS + steps - 1) time = (getCpuTime() - start) / steps;
      },
    };
    // Not 'auto', which records no run of few batches.
    const replay = isReplayed;
    await trainer.fit(x, y, { batchSize: subject.batchSize, verbose: 0, replay, callbacks: clock });
    tf.dispose([x, y]);
    const { active, reason } = trainer.replay;
    if (active !== isReplayed) throw new Error(`the steps are ${active ? '' : 'not '}replayed: ${reason}`);
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
  return async (steps, onTimed) => {
    onTimed?.();
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
