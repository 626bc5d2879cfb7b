import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { asFloat } from '../losses/as-float.js';
import { EPSILON } from '../losses/epsilon.js';

/**
 * 1 where a score is above a threshold, else 0: [groups, scores] becomes [groups, scores, thresholds].
 *
 * Thresholds evenly spaced from 0 to 1 are compared by bucket, as Keras does, so that scores on a threshold fall on the same side.
 */
export function aboveThresholds(scores: Tensor, thresholds: readonly number[]): Tensor {
  if (!areEven(thresholds))
    return asFloat(tf.greater(tf.expandDims(scores, -1), tf.tensor1d([...thresholds])));
  const last = thresholds.length - 1;
  const buckets = tf.sub(tf.ceil(tf.mul(tf.clipByValue(scores, 0, 1), last)), 1);
  // A first threshold below 0 is passed by a score of 0 too.
  const passed = (thresholds[0] ?? 0) < 0 || (thresholds[last] ?? 0) > 1 ? tf.relu(buckets) : buckets;
  return asFloat(tf.greaterEqual(tf.expandDims(passed, -1), tf.range(0, thresholds.length)));
}

function areEven(thresholds: readonly number[]): boolean {
  const last = thresholds.length - 1;
  return (
    last >= 2 &&
    thresholds.every(
      (threshold, index) => Math.abs(threshold - index / last) <= EPSILON * 1.01 + (1e-5 * index) / last,
    )
  );
}
