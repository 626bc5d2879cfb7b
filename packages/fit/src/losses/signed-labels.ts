import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';

/** Labels 0 and 1 as -1 and 1, where the batch holds nothing else; other labels as they are. Decided on the device. */
export function signedLabels(yTrue: Tensor): Tensor {
  const isBinary = tf.cast(tf.all(tf.logicalOr(tf.equal(yTrue, 0), tf.equal(yTrue, 1))), 'float32');
  return tf.sub(tf.mul(yTrue, tf.add(isBinary, 1)), isBinary);
}
