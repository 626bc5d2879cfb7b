import * as tf from '@tensorflow/tfjs-core';

/**
 * Computes a few values with TensorFlow and returns a checksum of their bits: its kernels round differently
 * with the instructions of another processor, or with another number of threads. It takes some milliseconds.
 */
export function digestArithmetic(): string {
  let hash = 0;
  for (const compute of listComputations()) {
    const values = tf.tidy(() => compute().dataSync());
    for (const word of new Int32Array(values.buffer, values.byteOffset, values.length))
      hash = Math.imul(hash ^ word, 0x01000193) ^ (hash >>> 15);
  }
  return (hash >>> 0).toString(16).padStart(8, '0');
}

function listComputations(): readonly (() => tf.Tensor)[] {
  return [
    () => tf.matMul(sample([32, 784]) as tf.Tensor2D, sample([784, 64]) as tf.Tensor2D),
    () => tf.matMul(sample([7, 33]) as tf.Tensor2D, sample([33, 5]) as tf.Tensor2D),
    () => tf.conv2d(sample([4, 9, 9, 5]) as tf.Tensor4D, sample([3, 3, 5, 12]) as tf.Tensor4D, 1, 'same'),
    () =>
      tf.depthwiseConv2d(sample([2, 9, 9, 5]) as tf.Tensor4D, sample([3, 3, 5, 1]) as tf.Tensor4D, 1, 'same'),
    () => tf.sum(sample([20_011])),
    () => tf.mean(sample([130, 77]), 1),
    () => tf.softmax(sample([9, 35])),
    ...[tf.exp, tf.tanh, tf.sigmoid, tf.sin, tf.erf, tf.elu].map((op) => () => op(sample([259]))),
    ...[tf.log, tf.rsqrt, tf.sqrt].map((op) => () => op(tf.add(tf.abs(sample([259])), 0.01))),
  ];
}

/** Numbers from -2 to 2 that are exact in single precision and do not repeat soon. */
function sample(shape: readonly number[]): tf.Tensor {
  let state = 1;
  const values = Float32Array.from({ length: tf.util.sizeFromShape([...shape]) }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state >>> 8) / 2 ** 22 - 2;
  });
  return tf.tensor(values, [...shape]);
}
