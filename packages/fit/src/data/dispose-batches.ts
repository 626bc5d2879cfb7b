import { dispose } from '@tensorflow/tfjs-core';
import type { Batch } from './batch-source.js';

/** Lets go of the tensors of batches. */
export function disposeBatches(batches: readonly Batch[]): void {
  for (const { inputs, targets, sampleWeights } of batches)
    dispose([...inputs, ...targets, ...(sampleWeights ? [sampleWeights] : [])]);
}
