import * as tf from '@tensorflow/tfjs-core';
import { findLearningRate, restoreLearningRate } from './learning-rate.js';
import { readOptimizer } from './read-optimizer.js';
import type { WeightNames } from './weight-names.js';
import { writeOptimizer } from './write-optimizer.js';

/** The state of an optimizer, held without a copy so that it can be restored. */
export interface HeldOptimizer {
  restore(): Promise<void>;
  dispose(): void;
}

/** Holds the whole state of an optimizer, its learning rate included. The caller disposes the result. */
export async function holdOptimizer(optimizer: tf.Optimizer, names: WeightNames): Promise<HeldOptimizer> {
  const rate = findLearningRate(optimizer) ?? null;
  const { saved, tensors, dispose } = await readOptimizer(optimizer, names);
  const held = new Map<string, tf.Tensor>();
  for (const [name, tensor] of tensors)
    held.set(
      name,
      tf.tidy(() => tf.keep(tf.reshape(tensor, tensor.shape))),
    );
  dispose();
  return {
    async restore() {
      restoreLearningRate(optimizer, rate);
      await writeOptimizer(optimizer, names, saved, held);
    },
    dispose: () => tf.dispose([...held.values()]),
  };
}
