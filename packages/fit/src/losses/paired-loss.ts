import * as tf from '@tensorflow/tfjs-core';
import type { LossFunction } from '../contract/loss.js';
import { alignPair } from './tensors.js';

/**
 * Creates a loss from a formula over targets and predictions that are float32 and of one shape. `owner` is
 * the name in messages.
 */
export function createPairedLoss(
  owner: string,
  formula: (yTrue: tf.Tensor, yPred: tf.Tensor) => tf.Tensor,
): LossFunction {
  return (yTrue, yPred) => tf.tidy(() => formula(...alignPair(owner, yTrue, yPred)));
}

/**
 * Creates a loss of differences. As in Keras, one target a sample may apply to several predictions: [batch]
 * or [batch, 1] for [batch, outputs].
 */
export function createRegressionLoss(
  owner: string,
  formula: (yTrue: tf.Tensor, yPred: tf.Tensor) => tf.Tensor,
): LossFunction {
  const loss = createPairedLoss(owner, formula);
  return (yTrue, yPred) => tf.tidy(() => loss(spreadTargets(yTrue, yPred), yPred));
}

function spreadTargets(yTrue: tf.Tensor, yPred: tf.Tensor): tf.Tensor {
  if (yPred.rank !== 2 || yTrue.shape[0] !== yPred.shape[0]) return yTrue;
  if (yTrue.rank === 1) return tf.broadcastTo(tf.expandDims(yTrue, -1), yPred.shape);
  return yTrue.rank === 2 && yTrue.shape[1] === 1 ? tf.broadcastTo(yTrue, yPred.shape) : yTrue;
}
