import type { CallbackHooks, StateRecord, TrainerView } from '@keepfit/callbacks';

/**
 * Counts hooks in a number and in a typed array that it goes on changing in place after it gave it away as
 * its state.
 */
export function countHooks(name = 'countHooks'): CallbackHooks & { readonly counts: Float32Array } {
  const counts = new Float32Array(4);
  let batches = 0;
  return {
    name,
    batchLogs: false,
    counts,
    onTrainBatchBegin: () => void (counts[0]! += 1),
    onTrainBatchEnd: () => {
      batches += 1;
      counts[1]! += 0.1 * batches;
    },
    onTestBatchEnd: () => void (counts[2]! += 1),
    onEpochEnd: () => void (counts[3]! += 1),
    getState: () => ({ batches, counts }),
    setState: (state: StateRecord) => {
      batches = Number(state['batches']);
      counts.set(state['counts'] as Float32Array);
    },
  };
}

/**
 * Lets the learning rate fall with every batch, from whatever it is, and says nothing of it in a state. A schedule
 * stays as it is.
 */
export function decayRate(factor = 0.95): CallbackHooks {
  let model: TrainerView | undefined;
  return {
    batchLogs: false,
    setModel: (view) => void (model = view),
    onTrainBatchEnd: () => {
      const several = Object.values(model?.optimizers ?? {});
      for (const optimizer of several)
        if (optimizer.hasSchedule !== true) optimizer.learningRate = (optimizer.learningRate ?? 0) * factor;
      if (several.length === 0 && model?.optimizer.hasSchedule === false) model.learningRate *= factor;
    },
  };
}
