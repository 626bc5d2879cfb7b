import { KeepfitError } from '@keepfit/callbacks';
import * as tf from '@tensorflow/tfjs-core';

/** Keras' epsilon: it keeps logarithms and divisions finite. */
export const EPSILON = 1e-7;

/** Returns the tensor as float32: the same tensor if it already is. */
export function toFloat(tensor: tf.Tensor): tf.Tensor {
  return tensor.dtype === 'float32' ? tensor : tf.cast(tensor, 'float32');
}

/**
 * Raises values below `floor` to it. Both operands of the maximum have the same shape because tfjs' own
 * gradient of a broadcast maximum throws.
 */
export function raiseTo(x: tf.Tensor, floor: number): tf.Tensor {
  return tf.maximum(x, tf.fill(x.shape, floor));
}

/**
 * Turns labels [..] into float32 [.., depth]. The detour by int32 is needed because tfjs' wasm backend writes
 * the bits of integers when asked for float32.
 */
export function encodeOneHot(labels: tf.Tensor, depth: number): tf.Tensor {
  return tf.cast(tf.oneHot(labels, depth, 1, 0, 'int32'), 'float32');
}

/**
 * |x| with the gradient sign(x), which is 0 at 0 as in TensorFlow. The gradient of `tf.abs` is -1 there and
 * moves a weight that is right.
 */
export const takeMagnitude = (x: tf.Tensor): tf.Tensor => createMagnitude()(x);

function createMagnitude(): (x: tf.Tensor) => tf.Tensor {
  return tf.customGrad((x, save) => {
    const input = x as tf.Tensor;
    (save as tf.GradSaveFunc)([input]);
    return {
      value: tf.abs(input),
      gradFunc: (dy: tf.Tensor, [saved]: tf.Tensor[]) => tf.mul(dy, tf.sign(saved as tf.Tensor)),
    };
  });
}

/**
 * Computes something of a tensor that counts as constant. tfjs has no gradient of comparisons, and `divNoNan` makes
 * one.
 */
export function withoutGradient(tensor: tf.Tensor, compute: (fixed: tf.Tensor) => tf.Tensor): tf.Tensor {
  return tf.customGrad((fixed) => ({
    value: compute(fixed as tf.Tensor),
    gradFunc: () => tf.zeros(tensor.shape),
  }))(tensor);
}

/**
 * Brings targets and predictions to float32 and one shape. A last axis of length 1 that only one of them has
 * is added to the targets or removed from them; predictions [n] count as [n, 1].
 *
 * @throws KEEPFIT_INVALID_DATA when the shapes still differ: broadcasting would compare every sample with
 * every other one.
 */
export function alignPair(
  owner: string,
  yTrue: tf.Tensor,
  yPred: tf.Tensor,
): [yTrue: tf.Tensor, yPred: tf.Tensor] {
  const predictions = toFloat(yPred.rank === 1 ? tf.expandDims(yPred, -1) : yPred);
  const targets = toFloat(alignRank(yTrue, predictions));
  if (!tf.util.arraysEqual(targets.shape, predictions.shape)) {
    throw new KeepfitError(
      'KEEPFIT_INVALID_DATA',
      `${owner} needs targets and predictions of one shape, not [${yTrue.shape}] and [${yPred.shape}]`,
    );
  }
  return [targets, predictions];
}

function alignRank(yTrue: tf.Tensor, yPred: tf.Tensor): tf.Tensor {
  if (yTrue.rank === yPred.rank - 1 && yPred.shape.at(-1) === 1) return tf.expandDims(yTrue, -1);
  if (yTrue.rank === yPred.rank + 1 && yTrue.shape.at(-1) === 1) return tf.squeeze(yTrue, [-1]);
  return yTrue;
}

/**
 * Brings weights to float32 and a shape that broadcasts over `values` from its first axis on: [batch],
 * [batch, 1] and [batch, time] for [batch, time].
 *
 * @throws KEEPFIT_INVALID_DATA when the shapes do not fit.
 */
export function alignWeights(values: tf.Tensor, weights: tf.Tensor): tf.Tensor {
  const isTrailing = weights.rank > values.rank && weights.shape.at(-1) === 1;
  const shape = isTrailing ? weights.shape.slice(0, -1) : weights.shape;
  const fits =
    shape.length <= values.rank &&
    shape.every((size, axis) => size === values.shape[axis] || (size === 1 && axis > 0));
  if (!fits) {
    throw new KeepfitError(
      'KEEPFIT_INVALID_DATA',
      `weights of shape [${weights.shape}] do not fit values of shape [${values.shape}]; give one weight per sample, or one per value`,
    );
  }
  return tf.reshape(toFloat(weights), [
    ...shape,
    ...Array.from({ length: values.rank - shape.length }, () => 1),
  ]);
}

/**
 * The product of weights and a mask, float32. One of the two may lack trailing axes: weights [batch] multiply a
 * mask [batch, time].
 */
export function multiplyWeights(
  weights: tf.Tensor | undefined,
  mask: tf.Tensor | undefined,
): tf.Tensor | undefined {
  const only = weights ?? mask;
  if (weights === undefined || mask === undefined) return only && toFloat(only);
  const rank = Math.max(weights.rank, mask.rank);
  const spread = (tensor: tf.Tensor): tf.Tensor =>
    tf.reshape(toFloat(tensor), [...tensor.shape, ...Array.from({ length: rank - tensor.rank }, () => 1)]);
  return tf.mul(spread(weights), spread(mask));
}

/** Adds one batch's part to a metric's state, tensor by tensor, into new tensors. */
export function addEach(state: readonly tf.Tensor[], part: readonly tf.Tensor[]): tf.Tensor[] {
  return part.map((added, index) => tf.add(state[index] as tf.Tensor, added));
}
