import * as tf from '@tensorflow/tfjs-core';
import type { LossFunction } from '../contract/loss.js';
import { checkLossOptions, type LossOptions, withReduction } from './loss-options.js';
import { optionRules } from './option-rules.js';
import { createPairedLoss } from './paired-loss.js';
import { raiseTo, EPSILON } from './tensors.js';

export interface CosineSimilarityOptions extends LossOptions {
  /** The axis of the features. @default -1 */
  readonly axis?: number;
}

/**
 * Keras' CosineSimilarity: the negative cosine of the angle between yTrue and yPred. It is -1 for vectors of
 * the same direction and 0 for zero vectors.
 *
 * yTrue and yPred have the same shape; the loss is that shape without the axis.
 *
 * @throws KEEPFIT_INVALID_OPTION when an option is unknown or invalid.
 * @throws KEEPFIT_INVALID_DATA when the loss is called with shapes that differ.
 */
export function cosineSimilarity(options: CosineSimilarityOptions = {}): LossFunction {
  checkLossOptions('cosineSimilarity', options, { axis: optionRules.axis });
  const { axis = -1 } = options;
  return withReduction(
    'cosineSimilarity',
    options,
    createPairedLoss('cosineSimilarity', (yTrue, yPred) =>
      tf.neg(tf.sum(tf.mul(normalize(yTrue, axis), normalize(yPred, axis)), axis)),
    ),
  );
}

function normalize(vectors: tf.Tensor, axis: number): tf.Tensor {
  // The floor comes before the root because the root's gradient at 0 is not finite.
  const squares = raiseTo(tf.sum(tf.square(vectors), axis, true), EPSILON * EPSILON);
  return tf.div(vectors, tf.sqrt(squares));
}
