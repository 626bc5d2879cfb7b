import type { Model, NamedWeight } from '@keepfit/fit';
import { seeded } from '@keepfit/fit';
import * as tf from '@tensorflow/tfjs-core';

export const INPUTS = 3;
const HIDDEN = 4;
const NOISE = 0.1;

/**
 * A model that has all that makes resuming hard, written by hand: noise, dropout, a running mean and a count
 * of its own.
 */
export interface PlainModel extends Model {
  dispose(): void;
}

/** Makes the model with initial weights of this seed. */
export function plainModel(seed: number): PlainModel {
  const variables = seeded(seed, () => initialVariables(seed));
  const weights: NamedWeight[] = Object.entries(variables).map(([name, variable]) => ({
    name,
    variable,
    trainable: variable.trainable,
  }));
  const { kernel1, bias1, runningMean, calls, kernel2, bias2 } = variables;

  function call(x: tf.Tensor, { training }: { training: boolean }): tf.Tensor {
    const noisy = training ? tf.add(x, tf.randomNormal(x.shape, 0, NOISE)) : x;
    const hidden = tf.tanh(tf.add(tf.matMul(noisy as tf.Tensor2D, kernel1 as tf.Tensor2D), bias1));
    const mean = tf.mean(hidden, 0);
    if (training) {
      runningMean.assign(tf.add(tf.mul(runningMean, 0.9), tf.mul(mean, 0.1)));
      calls.assign(tf.add(calls, tf.scalar(1, 'int32')));
    }
    const centred = tf.sub(hidden, training ? mean : runningMean);
    const dropped = training ? tf.mul(centred, keptOf(centred.shape)) : centred;
    return tf.sigmoid(tf.add(tf.matMul(dropped as tf.Tensor2D, kernel2 as tf.Tensor2D), bias2));
  }

  return {
    weights,
    call: (inputs, context) => call(inputs as tf.Tensor, context),
    config: { kind: 'plain', hidden: HIDDEN },
    describeRecording: () => ({
      refusal: undefined,
      noise: [{ mean: 0, stdDev: NOISE }],
      findChange: () => undefined,
    }),
    dispose: () => tf.dispose(weights.map(({ variable }) => variable)),
  };
}

function initialVariables(seed: number) {
  const made = (initial: () => tf.Tensor, trainable = true): tf.Variable =>
    tf.tidy(() => tf.variable(initial(), trainable));
  return {
    kernel1: made(() => tf.randomNormal([INPUTS, HIDDEN])),
    bias1: made(() => tf.randomNormal([HIDDEN])),
    runningMean: made(() => tf.randomNormal([HIDDEN]), false),
    calls: made(() => tf.scalar(seed, 'int32'), false),
    kernel2: made(() => tf.randomNormal([HIDDEN, 1])),
    bias2: made(() => tf.randomNormal([1])),
  };
}

/** A mask as dropout draws it, unseeded. */
function keptOf(shape: number[]): tf.Tensor {
  return tf.div(tf.cast(tf.greaterEqual(tf.randomUniform(shape), 0.25), 'float32'), 0.75);
}
