import { KeepfitError } from '@keepfit/callbacks';
import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';

/**
 * Class numbers as int32, of the shape of `yPred` without its last axis; `yTrue` may have a last axis of length 1 beside.
 * Throws KEEPFIT_INVALID_DATA for other shapes, and where there are fewer than two classes.
 */
export function sparseLabels(owner: string, yTrue: Tensor, yPred: Tensor): Tensor {
  const wanted = yPred.shape.slice(0, -1);
  const isTrailing = yTrue.rank === yPred.rank && yTrue.shape.at(-1) === 1;
  const found = isTrailing ? yTrue.shape.slice(0, -1) : yTrue.shape;
  if (!tf.util.arraysEqual(found, wanted)) {
    throw new KeepfitError(
      'KEEPFIT_INVALID_DATA',
      `${owner} needs class numbers of shape [${wanted}] for predictions [${yPred.shape}], not [${yTrue.shape}]; ` +
        'for one-hot targets there is the categorical one',
    );
  }
  if ((yPred.shape.at(-1) ?? 0) < 2) {
    throw new KeepfitError(
      'KEEPFIT_INVALID_DATA',
      `${owner} needs predictions of two classes or more, not of shape [${yPred.shape}]`,
    );
  }
  return tf.cast(isTrailing ? tf.squeeze(yTrue, [-1]) : yTrue, 'int32');
}
