import type { TensorInfo } from '@tensorflow/tfjs-core';
import { activate } from '../elementwise/activate.js';
import { broadcast } from '../elementwise/broadcast.js';
import { runs } from '../elementwise/runs.js';
import type { Memory } from '../memory.js';

/** What tfjs' fused operations do after their product or convolution. */
export interface Fused {
  readonly bias?: TensorInfo | undefined;
  readonly preluActivationWeights?: TensorInfo | undefined;
  readonly activation?: string | undefined;
  readonly leakyreluAlpha?: number | undefined;
}

/** Adds the bias to a new tensor and applies the activation, in place. */
export function finishFused(out: TensorInfo, fused: Fused, memory: Memory, channelsFirst = false): void {
  const values = memory.written(out);
  const { bias, preluActivationWeights: weights, activation, leakyreluAlpha } = fused;
  if (bias)
    broadcast(runs.add, values, out.shape, memory.values(bias), aligned(bias.shape, channelsFirst), values);
  activate(values, {
    name: activation,
    shape: out.shape,
    leakyreluAlpha,
    weights: weights
      ? { values: memory.values(weights), shape: aligned(weights.shape, channelsFirst) }
      : undefined,
  });
}

/** One value a channel belongs to the channel axis, which is not the last one where channels come first. */
function aligned(shape: readonly number[], channelsFirst: boolean): readonly number[] {
  const [channels = 1] = shape;
  return channelsFirst && shape.length === 1 && channels !== 1 ? [channels, 1, 1] : shape;
}
