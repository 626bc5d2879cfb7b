import { type Capture, type CaptureEntry, KeepfitError } from '@keepfit/callbacks';
import * as tf from '@tensorflow/tfjs-core';
import type { NamedWeight } from '../contract/model.js';
import { createTensor } from './saved-tensor.js';

/** Gives the weights the values of a capture of them, taken here or read from a checkpoint: all, or none where they do not fit. */
export async function restoreWeights(weights: readonly NamedWeight[], capture: Capture): Promise<void> {
  const entries = new Map(capture.entries.map((entry) => [entry.name, entry]));
  const values: tf.Tensor[] = [];
  try {
    for (const weight of weights) {
      const entry = findWeightEntry(entries, weight);
      values.push(
        createTensor(
          { dtype: entry.dtype, shape: entry.shape, bytes: (await entry.read()).slice() },
          entry.name,
        ),
      );
    }
    weights.forEach(({ variable }, index) => variable.assign(values[index] as tf.Tensor));
  } finally {
    tf.dispose(values);
  }
}

/** The entry of captured weights that belongs to this weight. @throws KEEPFIT_INVALID_STATE where it is not there, or of another kind. */
export function findWeightEntry(
  entries: ReadonlyMap<string, CaptureEntry>,
  { name, variable }: NamedWeight,
): CaptureEntry {
  const entry = entries.get(`weights/${name}`);
  if (entry !== undefined && entry.dtype === variable.dtype && entry.shape.join() === variable.shape.join())
    return entry;
  throw new KeepfitError(
    'KEEPFIT_INVALID_STATE',
    `the captured weights do not fit the model at "${name}"; capture them from this model`,
  );
}
