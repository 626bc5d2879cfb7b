import { KeepfitError } from '@keepfit/callbacks';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';

/** Keras' epsilon: what keeps logarithms and divisions finite. */
export const EPSILON = 1e-7;

/** The tensor as float32; the same one where it is. */
export function toFloat(tensor: Tensor): Tensor {
  return tensor.dtype === 'float32' ? tensor : tf.cast(tensor, 'float32');
}

/** The larger of each value and `floor`. Both operands have one shape, because tfjs' own gradient of a broadcast maximum throws. */
export function raiseTo(x: Tensor, floor: number): Tensor {
  return tf.maximum(x, tf.fill(x.shape, floor));
}

/** Labels [..] as float32 [.., depth]. By way of int32: tfjs' wasm backend writes the bits of whole numbers where float32 is asked for. */
export function encodeOneHot(labels: Tensor, depth: number): Tensor {
  return tf.cast(tf.oneHot(labels, depth, 1, 0, 'int32'), 'float32');
}

/** |x| with the gradient sign(x), thus 0 at 0 as in TensorFlow. That of `tf.abs` is -1 there, which moves a weight that is right. */
export const takeMagnitude = (x: Tensor): Tensor => createMagnitude()(x);

function createMagnitude(): (x: Tensor) => Tensor {
  return tf.customGrad((x, save) => {
    const input = x as Tensor;
    (save as tf.GradSaveFunc)([input]);
    return {
      value: tf.abs(input),
      gradFunc: (dy: Tensor, [saved]: Tensor[]) => tf.mul(dy, tf.sign(saved as Tensor)),
    };
  });
}

/**
 * Targets and predictions as float32 and of one shape: a last axis of length 1 that only one of them has is added to the targets
 * or taken from them, and predictions [n] count as [n, 1]. Throws KEEPFIT_INVALID_DATA where the shapes still differ, because
 * broadcasting there would compare every sample with every other one.
 */
export function alignPair(owner: string, yTrue: Tensor, yPred: Tensor): [yTrue: Tensor, yPred: Tensor] {
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

function alignRank(yTrue: Tensor, yPred: Tensor): Tensor {
  if (yTrue.rank === yPred.rank - 1 && yPred.shape.at(-1) === 1) return tf.expandDims(yTrue, -1);
  if (yTrue.rank === yPred.rank + 1 && yTrue.shape.at(-1) === 1) return tf.squeeze(yTrue, [-1]);
  return yTrue;
}

/**
 * Weights as float32 that broadcast over `values`, from its first axis on: [batch], [batch, 1] and [batch, time] for
 * [batch, time]. Throws KEEPFIT_INVALID_DATA for shapes that do not fit.
 */
export function alignWeights(values: Tensor, weights: Tensor): Tensor {
  const isTrailing = weights.rank > values.rank && weights.shape.at(-1) === 1;
  const shape = isTrailing ? weights.shape.slice(0, -1) : weights.shape;
  const fits =
    shape.length <= values.rank &&
    shape.every((size, axis) => size === values.shape[axis] || (size === 1 && axis > 0));
  if (!fits) {
    throw new KeepfitError(
      'KEEPFIT_INVALID_DATA',
      `weights of shape [${weights.shape}] do not fit values of shape [${values.shape}]; give one weight a sample, or one a value`,
    );
  }
  return tf.reshape(toFloat(weights), [
    ...shape,
    ...Array.from({ length: values.rank - shape.length }, () => 1),
  ]);
}

/** A metric's state and one batch's part, added tensor by tensor into new ones. */
export function addEach(state: readonly Tensor[], part: readonly Tensor[]): Tensor[] {
  return part.map((added, index) => tf.add(state[index] as Tensor, added));
}
