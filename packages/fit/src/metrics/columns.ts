import { KeepfitError } from '@keepfit/callbacks';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { alignWeights } from '../losses/tensors.js';

/** The number of outputs of predictions [batch, outputs], 1 for [batch]. Throws KEEPFIT_INVALID_DATA for other shapes. */
export function countColumns(owner: string, yPred: Tensor): number {
  if (yPred.rank === 1 || yPred.rank === 2) return yPred.shape[1] ?? 1;
  throw new KeepfitError(
    'KEEPFIT_INVALID_DATA',
    `${owner} needs predictions of shape [batch, outputs], not [${yPred.shape}]`,
  );
}

/** Weights that broadcast over `values`; 1 where none are given. */
export function alignColumnWeights(values: Tensor, weights: Tensor | undefined): Tensor {
  return weights === undefined ? tf.scalar(1) : alignWeights(values, weights);
}
