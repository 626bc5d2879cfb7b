import type { Capture } from '@keepfit/callbacks';
import { dispose, type Tensor } from '@tensorflow/tfjs-core';
import type { NamedWeight } from '../contract/model.js';
import { fittingEntry } from './fitting-entry.js';
import { fromSaved } from './saved-tensor.js';

/** Gives the weights the values of a capture of them, taken here or read from a checkpoint: all, or none where they do not fit. */
export async function restoreWeights(weights: readonly NamedWeight[], capture: Capture): Promise<void> {
  const entries = new Map(capture.entries.map((entry) => [entry.name, entry]));
  const values: Tensor[] = [];
  try {
    for (const weight of weights) {
      const entry = fittingEntry(entries, weight);
      values.push(
        fromSaved(
          { dtype: entry.dtype, shape: entry.shape, bytes: (await entry.read()).slice() },
          entry.name,
        ),
      );
    }
    weights.forEach(({ variable }, index) => variable.assign(values[index] as Tensor));
  } finally {
    dispose(values);
  }
}
