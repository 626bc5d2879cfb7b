import { type Model, type NamedWeight, seeded } from '@keepfit/fit';
import { auc } from '@keepfit/fit/metrics';
import * as tf from '@tensorflow/tfjs-core';
import { plainModel } from '../../../fit/test/helpers/plain-model.js';
import { binary, numbers, words, type ZooMember } from './zoo-member.js';

const LENGTH = 4;
const VOCABULARY = 6;
const WIDTH = 4;

/** Models of tfjs-core alone, with a forward pass written by hand. */
export const plainZoo: Readonly<Record<string, ZooMember>> = {
  'plain variables': {
    build: plainModel,
    loss: 'binaryCrossentropy',
    metrics: ['mse', 'accuracy', 'precision', auc({ numThresholds: 6 })],
    inputs: (samples, from) => numbers(samples, from, [3]),
    targets: binary,
    isWhole: true,
  },

  'transformer block with layer norm and masking': {
    build: transformer,
    loss: 'binaryFocalCrossentropy',
    metrics: ['accuracy', 'f1Score'],
    inputs: (samples, from) => words(samples, from, LENGTH, VOCABULARY),
    targets: binary,
    isRecorded: false,
  },

  'a plain model with a state of its own': {
    build: drifting,
    loss: 'mse',
    metrics: ['mae'],
    inputs: (samples, from) => numbers(samples, from, [3]),
    targets: (samples, from) => numbers(samples, from, [1], 2),
    isWhole: true,
    isRecorded: false,
  },
};

/** Embeds words and positions, lets the words attend to each other, and adds them up. */
function transformer(seed: number): Model {
  const v = seeded(seed, () => {
    const square = () => variable(tf.randomNormal([WIDTH, WIDTH], 0, 0.5));
    return {
      words: variable(tf.randomNormal([VOCABULARY, WIDTH])),
      places: variable(tf.randomNormal([LENGTH, WIDTH])),
      query: square(),
      key: square(),
      value: square(),
      out: square(),
      up: square(),
      down: square(),
      gamma1: variable(tf.ones([WIDTH])),
      beta1: variable(tf.zeros([WIDTH])),
      gamma2: variable(tf.ones([WIDTH])),
      beta2: variable(tf.zeros([WIDTH])),
      head: variable(tf.randomNormal([WIDTH, 1])),
    };
  });

  function call(x: tf.Tensor, training: boolean): tf.Tensor {
    const [samples = 0] = x.shape;
    const mask = tf.cast(tf.notEqual(x, 0), 'float32');
    const embedded = tf.add(tf.gather(v.words, tf.cast(x, 'int32')), v.places);
    const normal = layerNorm(embedded, v.gamma1, v.beta1);
    const [query, key, value] = [v.query, v.key, v.value].map((weight) => times(normal, weight)) as [
      tf.Tensor,
      tf.Tensor,
      tf.Tensor,
    ];
    const scores = tf.div(tf.matMul(query, key, false, true), Math.sqrt(WIDTH));
    const shares = tf.softmax(
      tf.add(scores, tf.mul(tf.sub(1, tf.reshape(mask, [samples, 1, LENGTH])), -1e9)),
    );
    const attended = tf.add(
      embedded,
      times(tf.matMul(training ? tf.dropout(shares, 0.2) : shares, value), v.out),
    );
    const fed = times(tf.relu(times(layerNorm(attended, v.gamma2, v.beta2), v.up)), v.down);
    const hidden = tf.mul(tf.add(attended, training ? tf.dropout(fed, 0.2) : fed), tf.expandDims(mask, 2));
    return tf.sigmoid(tf.matMul(tf.sum(hidden, 1) as tf.Tensor2D, v.head as unknown as tf.Tensor2D));
  }

  return {
    weights: namedWeights(v),
    call: (inputs, { training }) => call(inputs as tf.Tensor, training),
    config: { kind: 'transformer' },
  };
}

/** Sums its inputs in a state outside its weights, also during evaluation. */
function drifting(seed: number): Model {
  const v = seeded(seed, () => ({ kernel: variable(tf.randomNormal([3, 1])) }));
  let seen: tf.Tensor = tf.keep(tf.zeros([3]));
  const replace = (next: tf.Tensor): void => {
    seen.dispose();
    seen = tf.keep(next);
  };
  const call = (x: tf.Tensor): tf.Tensor => {
    const output = tf.matMul(tf.add(x, seen) as tf.Tensor2D, v.kernel as unknown as tf.Tensor2D);
    const next = tf.add(tf.mul(seen, 0.7), tf.mean(x, 0));
    replace(next);
    return output;
  };
  return {
    weights: namedWeights(v),
    states: [{ name: 'seen', read: () => seen.clone(), write: (values) => replace(values.clone()) }],
    call: (inputs) => call(inputs as tf.Tensor),
    losses: () => [tf.mul(tf.sum(tf.abs(v.kernel)), 0.01) as tf.Scalar],
  };
}

function layerNorm(x: tf.Tensor, gamma: tf.Variable, beta: tf.Variable): tf.Tensor {
  const { mean, variance } = tf.moments(x, -1, true);
  return tf.add(tf.mul(tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, 1e-3))), gamma), beta);
}

/** [samples, length, width] times [width, width]. */
function times(x: tf.Tensor, weight: tf.Variable): tf.Tensor {
  const [samples = 0] = x.shape;
  const rows = tf.reshape(x, [samples * LENGTH, WIDTH]) as tf.Tensor2D;
  return tf.reshape(tf.matMul(rows, weight as unknown as tf.Tensor2D), [samples, LENGTH, WIDTH]);
}

function variable(initial: tf.Tensor): tf.Variable {
  const made = tf.variable(initial);
  initial.dispose();
  return made;
}

function namedWeights(variables: Readonly<Record<string, tf.Variable>>): NamedWeight[] {
  return Object.entries(variables).map(([name, made]) => ({ name, variable: made, trainable: true }));
}
