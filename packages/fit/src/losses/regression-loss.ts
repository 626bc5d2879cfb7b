import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { LossFunction } from '../contract/loss.js';
import { pairedLoss } from './paired-loss.js';

/**
 * A loss of differences, for which one target a sample may stand for several predictions, as it does in Keras: [batch] or [batch, 1] for
 * [batch, outputs].
 */
export function regressionLoss(
  owner: string,
  formula: (yTrue: Tensor, yPred: Tensor) => Tensor,
): LossFunction {
  const loss = pairedLoss(owner, formula);
  return (yTrue, yPred) => tf.tidy(() => loss(spread(yTrue, yPred), yPred));
}

function spread(yTrue: Tensor, yPred: Tensor): Tensor {
  if (yPred.rank !== 2 || yTrue.shape[0] !== yPred.shape[0]) return yTrue;
  if (yTrue.rank === 1) return tf.broadcastTo(tf.expandDims(yTrue, -1), yPred.shape);
  return yTrue.rank === 2 && yTrue.shape[1] === 1 ? tf.broadcastTo(yTrue, yPred.shape) : yTrue;
}
