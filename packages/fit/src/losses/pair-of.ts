import { KeepfitError } from '@keepfit/callbacks';
import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { asFloat } from './as-float.js';

/**
 * Targets and predictions as float32 and of one shape: a last axis of length 1 that only one of them has is added to the targets
 * or taken from them, and predictions [n] count as [n, 1]. Throws KEEPFIT_INVALID_DATA where the shapes still differ, because
 * broadcasting there would compare every sample with every other one.
 */
export function pairOf(owner: string, yTrue: Tensor, yPred: Tensor): [yTrue: Tensor, yPred: Tensor] {
  const predictions = asFloat(yPred.rank === 1 ? tf.expandDims(yPred, -1) : yPred);
  const targets = asFloat(withRank(yTrue, predictions));
  if (!tf.util.arraysEqual(targets.shape, predictions.shape)) {
    throw new KeepfitError(
      'KEEPFIT_INVALID_DATA',
      `${owner} needs targets and predictions of one shape, not [${yTrue.shape}] and [${yPred.shape}]`,
    );
  }
  return [targets, predictions];
}

function withRank(yTrue: Tensor, yPred: Tensor): Tensor {
  if (yTrue.rank === yPred.rank - 1 && yPred.shape.at(-1) === 1) return tf.expandDims(yTrue, -1);
  if (yTrue.rank === yPred.rank + 1 && yTrue.shape.at(-1) === 1) return tf.squeeze(yTrue, [-1]);
  return yTrue;
}
