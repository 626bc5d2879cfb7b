import type { StateRecord } from '@keepfit/callbacks';
import { currentKernels } from '../backend/kernels.js';
import type { Model } from '../contract/model.js';
import type { Step } from '../steps/step.js';

/** All that decides the bits of a shard, so that a worker can tell whether it computes the same. */
export function describeTraining(model: Model, step: Step): StateRecord {
  return {
    ...currentKernels(),
    config: model.config ?? null,
    weights: model.weights.map(({ name, variable, trainable }) => ({
      name,
      shape: [...variable.shape],
      dtype: variable.dtype,
      trainable,
    })),
    step: step.description,
  };
}
