import type { Model, NamedWeight } from '@keepfit/fit';
import { seeded } from '@keepfit/fit';
import * as tf from '@tensorflow/tfjs-core';

/** A generator and a discriminator of one layer each, with a count that is not trainable. */
export interface TwoPartModel extends Model {
  readonly generate: (noise: tf.Tensor) => tf.Tensor;
  readonly judge: (samples: tf.Tensor) => tf.Tensor;
  readonly variables: Readonly<Record<string, tf.Variable>>;
  dispose(): void;
}

export const NOISE = 2;
const FEATURES = 3;

/** Makes the model with initial weights of this seed. */
export function twoPartModel(seed: number): TwoPartModel {
  const variables = seeded(seed, () => ({
    'generator/kernel': tf.variable(tf.randomNormal([NOISE, FEATURES])),
    'generator/bias': tf.variable(tf.zeros([FEATURES])),
    'discriminator/kernel': tf.variable(tf.randomNormal([FEATURES, 1])),
    'discriminator/bias': tf.variable(tf.zeros([1])),
    'ema/kernel': tf.variable(tf.zeros([NOISE, FEATURES]), false),
  }));
  const weights: NamedWeight[] = Object.entries(variables).map(([name, variable]) => ({
    name,
    variable,
    trainable: variable.trainable,
  }));
  const dense = (part: 'generator' | 'discriminator', x: tf.Tensor) =>
    tf.add(
      tf.matMul(x as tf.Tensor2D, variables[`${part}/kernel`] as tf.Tensor2D),
      variables[`${part}/bias`],
    );
  return {
    weights,
    variables,
    generate: (noise) => tf.tanh(dense('generator', noise)),
    judge: (samples) => dense('discriminator', samples),
    call: (noise) => tf.tanh(dense('generator', noise as tf.Tensor)),
    dispose: () => tf.dispose(Object.values(variables)),
  };
}

/** The loss of logits against one label for all samples. */
export function labelLoss(logits: tf.Tensor, label: number): tf.Tensor {
  return tf.mean(tf.losses.sigmoidCrossEntropy(tf.fill(logits.shape, label), logits));
}
