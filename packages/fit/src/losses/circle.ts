import { KeepfitError } from '@keepfit/callbacks';
import * as tf from '@tensorflow/tfjs-core';
import type { LossFunction } from '../contract/loss.js';
import { checkLossOptions, type LossOptions, withOptions } from './loss-options.js';
import { optionRules } from './option-rules.js';
import { raiseTo, toFloat, withoutGradient } from './tensors.js';
import { isMean } from './weighted-mean.js';

export interface CircleOptions extends LossOptions {
  /** How steeply the loss rises with the similarities. @default 80 */
  readonly gamma?: number;
  /** How far similarities may be from 0 and 1 before they count much, from 0 to 1. @default 0.4 */
  readonly margin?: number;
  /** Whether a sample is no positive of itself. @default true */
  readonly removeDiagonal?: boolean;
}

/** The logarithm of the smallest normal float32: softplus is close to e^x down there. */
const SOFTPLUS_FLOOR = -87;

/**
 * The logarithm of 0. It is finite because the difference of two infinities is NaN, and above -1e20, where tfjs begins
 * its search for a maximum on WebGL.
 */
const LOG_ZERO = -1e10;

/** The same for a whole row without values. It is no part of a maximum. */
const LOG_OF_NONE = -1e30;

/**
 * Keras' Circle, for embeddings: pulls samples of one class together and pushes those of other classes apart, the
 * more the farther a similarity is from its optimum. Source: Sun et al., 2020.
 *
 * yTrue are class numbers [batch] or [batch, 1]. yPred are embeddings [batch, features] of length 1: normalize them
 * in the model. The loss is [batch]. It compares the samples of a batch with each other, so its value depends on
 * the batch size, and with shards each shard compares its own.
 *
 * As in Keras, samples whose loss is 0 do not count, such as those without another sample of their class. The
 * others are scaled so that the mean over all is the mean over those that count. With the other reductions they
 * are not scaled.
 *
 * @throws KEEPFIT_INVALID_OPTION when an option is unknown or invalid.
 * @throws KEEPFIT_INVALID_DATA when the loss is called with other shapes.
 */
export function circle(options: CircleOptions = {}): LossFunction {
  const { positive, finite, flag } = optionRules;
  checkLossOptions('circle', options, { gamma: positive, margin: finite, removeDiagonal: flag });
  const { gamma = 80, margin = 0.4, removeDiagonal = true, reduction } = options;
  const settings = { gamma, margin, removeDiagonal };
  const loss = (yTrue: tf.Tensor, yPred: tf.Tensor) =>
    tf.tidy(() => {
      checkShapes(yTrue, yPred);
      return computeLosses(settings, compareClasses(yTrue), toFloat(yPred));
    });
  const mask = (yTrue: tf.Tensor, yPred: tf.Tensor) =>
    tf.tidy(() => withoutGradient(yPred, (fixed) => toFloat(tf.greater(loss(yTrue, fixed), 0))));
  const unscaled = Object.assign(loss, { mask });
  if (!isMean(reduction)) return withOptions('circle', { ...options, ...settings }, unscaled);
  const scaled: LossFunction = (yTrue, yPred) => tf.tidy(() => scaleToCounted(loss(yTrue, yPred)));
  return withOptions('circle', { ...options, ...settings }, Object.assign(scaled, { unscaled }));
}

function checkShapes(yTrue: tf.Tensor, yPred: tf.Tensor): void {
  const isFlat = yTrue.rank === 1 || (yTrue.rank === 2 && yTrue.shape[1] === 1);
  if (yPred.rank === 2 && isFlat && yTrue.shape[0] === yPred.shape[0]) return;
  throw new KeepfitError(
    'KEEPFIT_INVALID_DATA',
    `circle needs class numbers of shape [batch] and embeddings of shape [batch, features], not [${yTrue.shape}] and [${yPred.shape}]`,
  );
}

/** One loss per sample, [batch]. */
function computeLosses(
  { gamma, margin, removeDiagonal }: Required<Omit<CircleOptions, 'reduction'>>,
  isSame: tf.Tensor,
  embeddings: tf.Tensor,
): tf.Tensor {
  const vectors = embeddings as tf.Tensor2D;
  const isSelf = tf.eye(isSame.shape[0] as number);
  const positives = removeDiagonal ? tf.mul(isSame, tf.sub(1, isSelf)) : isSame;
  const distances = raiseTo(tf.sub(1, tf.matMul(vectors, vectors, false, true)), 0);
  const pull = tf.mul(tf.mul(tf.add(distances, margin), tf.sub(distances, margin)), gamma);
  const near = raiseTo(tf.sub(1 + margin, distances), 0);
  const push = tf.mul(tf.mul(near, tf.sub(1 - margin, distances)), gamma);
  const sums = tf.add(addMasked(pull, positives), addMasked(push, tf.sub(1, isSame)));
  // Below the floor softplus is 0 in float32, and some GPUs compute NaN as its gradient.
  const isAbove = withoutGradient(sums, (fixed) => toFloat(tf.greater(fixed, SOFTPLUS_FLOOR)));
  return tf.mul(tf.softplus(raiseTo(sums, SOFTPLUS_FLOOR)), isAbove);
}

/** 1 for two samples of one class, else 0: [batch, batch]. */
function compareClasses(yTrue: tf.Tensor): tf.Tensor {
  const classes = tf.cast(yTrue, 'int32');
  return toFloat(tf.equal(tf.reshape(classes, [-1, 1]), tf.reshape(classes, [1, -1])));
}

/** log(sum(exp(values))) of each row, over the values whose mask is 1. */
function addMasked(values: tf.Tensor, mask: tf.Tensor): tf.Tensor {
  const sums = tf.logSumExp(tf.where(tf.cast(mask, 'bool'), values, tf.fill(values.shape, LOG_ZERO)), 1);
  // A row without any must outweigh the other sum, which embeddings of length 1000 bring to 1e14.
  return tf.where(tf.greater(tf.max(mask, 1), 0), sums, tf.fill(sums.shape, LOG_OF_NONE));
}

function scaleToCounted(losses: tf.Tensor): tf.Tensor {
  const getScale = (fixed: tf.Tensor) => tf.divNoNan(fixed.size, tf.sum(toFloat(tf.greater(fixed, 0))));
  return tf.mul(losses, withoutGradient(losses, getScale));
}
