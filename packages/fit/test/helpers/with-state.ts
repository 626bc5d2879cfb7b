import type { Model } from '@keepfit/fit';
import * as tf from '@tensorflow/tfjs-core';

/** Adds a state beside the weights: a sum of all inputs so far. */
export function withState(model: Model): Model {
  let sum = tf.scalar(0);
  const become = (value: tf.Tensor) => {
    sum.dispose();
    sum = tf.keep(value) as tf.Scalar;
  };
  return {
    ...model,
    states: [{ name: 'sum', read: () => sum.clone(), write: (value) => become(value.clone()) }],
    call: (inputs, context) => {
      become(tf.add(sum, tf.sum(inputs as tf.Tensor)));
      return model.call(inputs, context);
    },
  };
}
