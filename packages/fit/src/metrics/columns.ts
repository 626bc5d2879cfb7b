import { KeepfitError } from '@keepfit/callbacks';
import * as tf from '@tensorflow/tfjs-core';
import { alignWeights } from '../losses/tensors.js';

/**
 * The number of outputs of predictions [batch, outputs]; 1 for [batch].
 *
 * @throws KEEPFIT_INVALID_DATA when the predictions have another rank.
 */
export function countColumns(owner: string, yPred: tf.Tensor): number {
  if (yPred.rank === 1 || yPred.rank === 2) return yPred.shape[1] ?? 1;
  throw new KeepfitError(
    'KEEPFIT_INVALID_DATA',
    `${owner} needs predictions of shape [batch, outputs], not [${yPred.shape}]`,
  );
}

/** Returns weights that broadcast over `values`: 1 if there are none. */
export function alignColumnWeights(values: tf.Tensor, weights: tf.Tensor | undefined): tf.Tensor {
  return weights === undefined ? tf.scalar(1) : alignWeights(values, weights);
}
