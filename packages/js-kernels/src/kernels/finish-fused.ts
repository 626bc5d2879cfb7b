import type * as tf from '@tensorflow/tfjs-core';
import { activate } from '../elementwise/activate.js';
import { broadcast } from '../elementwise/broadcast.js';
import { runs } from '../elementwise/runs.js';
import type { Memory } from '../memory.js';

/** The operands that tfjs' fused operations apply after their product or convolution. */
export interface Fused {
  readonly bias?: tf.TensorInfo | undefined;
  readonly preluActivationWeights?: tf.TensorInfo | undefined;
  readonly activation?: string | undefined;
  readonly leakyreluAlpha?: number | undefined;
}

/** Adds the bias to a new tensor and applies the activation, in place. */
export function finishFused(out: tf.TensorInfo, fused: Fused, memory: Memory, channelsFirst = false): void {
  const values = memory.writable(out);
  const { bias, preluActivationWeights: weights, activation, leakyreluAlpha } = fused;
  if (bias)
    broadcast(
      runs.add,
      values,
      out.shape,
      memory.values(bias),
      alignChannels(bias.shape, channelsFirst),
      values,
    );
  activate(values, {
    name: activation,
    shape: out.shape,
    leakyreluAlpha,
    weights: weights
      ? { values: memory.values(weights), shape: alignChannels(weights.shape, channelsFirst) }
      : undefined,
  });
}

/** Aligns one value a channel with the channel axis, which is not the last one if channels come first. */
function alignChannels(shape: readonly number[], channelsFirst: boolean): readonly number[] {
  const [channels = 1] = shape;
  return channelsFirst && shape.length === 1 && channels !== 1 ? [channels, 1, 1] : shape;
}
