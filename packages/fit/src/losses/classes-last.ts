import { KeepfitError } from '@keepfit/callbacks';
import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';

/** The tensor with `axis` moved to the end; the same one where it is there. */
export function classesLast(tensor: Tensor, axis: number): Tensor {
  const from = axis < 0 ? tensor.rank + axis : axis;
  if (from === tensor.rank - 1) return tensor;
  if (from < 0 || from >= tensor.rank) {
    throw new KeepfitError(
      'KEEPFIT_INVALID_DATA',
      `axis ${axis} is outside predictions of shape [${tensor.shape}]`,
    );
  }
  const others = tensor.shape.map((_, index) => index).filter((index) => index !== from);
  return tf.transpose(tensor, [...others, from]);
}
