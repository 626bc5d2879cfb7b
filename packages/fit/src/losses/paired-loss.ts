import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { LossFunction } from '../contract/loss.js';
import { alignPair } from './tensors.js';

/** A loss from a formula over targets and predictions that are float32 and of one shape. `owner` is for messages. */
export function createPairedLoss(
  owner: string,
  formula: (yTrue: Tensor, yPred: Tensor) => Tensor,
): LossFunction {
  return (yTrue, yPred) => tf.tidy(() => formula(...alignPair(owner, yTrue, yPred)));
}

/**
 * A loss of differences, for which one target a sample may stand for several predictions, as it does in Keras: [batch] or [batch, 1] for
 * [batch, outputs].
 */
export function createRegressionLoss(
  owner: string,
  formula: (yTrue: Tensor, yPred: Tensor) => Tensor,
): LossFunction {
  const loss = createPairedLoss(owner, formula);
  return (yTrue, yPred) => tf.tidy(() => loss(spreadTargets(yTrue, yPred), yPred));
}

function spreadTargets(yTrue: Tensor, yPred: Tensor): Tensor {
  if (yPred.rank !== 2 || yTrue.shape[0] !== yPred.shape[0]) return yTrue;
  if (yTrue.rank === 1) return tf.broadcastTo(tf.expandDims(yTrue, -1), yPred.shape);
  return yTrue.rank === 2 && yTrue.shape[1] === 1 ? tf.broadcastTo(yTrue, yPred.shape) : yTrue;
}
