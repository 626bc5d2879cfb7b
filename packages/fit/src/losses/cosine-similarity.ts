import { checkOptions } from '@keepfit/callbacks/internal';
import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { LossFunction } from '../contract/loss.js';
import { atLeast } from './at-least.js';
import { EPSILON } from './epsilon.js';
import { optionRules } from './option-rules.js';
import { pairedLoss } from './paired-loss.js';

export interface CosineSimilarityOptions {
  /** The axis of the features.  @default -1 */
  readonly axis?: number;
}

/** Keras' CosineSimilarity: the negative cosine of the angle between yTrue and yPred, -1 where they point one way, 0 for zero vectors. */
export function cosineSimilarity(options: CosineSimilarityOptions = {}): LossFunction {
  checkOptions('cosineSimilarity', options, { axis: optionRules.axis });
  const { axis = -1 } = options;
  return pairedLoss('cosineSimilarity', (yTrue, yPred) =>
    tf.neg(tf.sum(tf.mul(unit(yTrue, axis), unit(yPred, axis)), axis)),
  );
}

function unit(vectors: Tensor, axis: number): Tensor {
  // The floor stands before the root, whose gradient at 0 is not finite.
  const squares = atLeast(tf.sum(tf.square(vectors), axis, true), EPSILON * EPSILON);
  return tf.div(vectors, tf.sqrt(squares));
}
