import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { fit, fromLayers, type PhaseContext, seeded, type StepBatch } from 'keepfit';
import { type Example, pseudoRandom } from './example.js';

const FEATURES = 4;
const TEMPERATURE = 0.2;

/**
 * Contrastive pairs: an encoder learns that two views of one thing belong together. The data are two arrays and
 * no targets; each batch distorts them by random numbers of its step.
 */
export function createContrastive(seed: number): Example {
  const encoder = seeded(seed, buildEncoder);
  const embed = (inputs: tf.Tensor, training: boolean) =>
    normalize(encoder.apply(inputs, { training }) as tf.Tensor);
  const phases = [
    {
      name: 'pairs',
      optimizer: tf.train.adam(0.01),
      loss({ xs: [first, second] }: StepBatch, { random, training }: PhaseContext) {
        if (first === undefined || second === undefined) throw new Error('the data must be two arrays');
        const distort = (view: tf.Tensor) =>
          training ? tf.add(view, random.normal(view.shape, 0, 0.1)) : view;
        const [a, b] = [embed(distort(first), training), embed(distort(second), training)];
        // [size, size]: each first view against all second ones. Its own pair is on the diagonal.
        const scores = tf.div(tf.matMul(a as tf.Tensor2D, b as tf.Tensor2D, false, true), TEMPERATURE);
        return tf.losses.softmaxCrossEntropy(tf.eye(scores.shape[0] ?? 0), scores);
      },
    },
  ];
  const pairs = [views(20, 0), views(20, 1)];
  const fitOptions = { seed: 4, batchSize: 10, phases };
  return {
    model: fromLayers(encoder),
    train: (options) => fit(encoder, pairs, { ...fitOptions, ...options }),
  };
}

function buildEncoder() {
  return sequential({
    layers: [
      layers.dense({ units: 8, useBias: false, inputShape: [FEATURES] }),
      layers.batchNormalization(),
      layers.dense({ units: 3 }),
    ],
  });
}

function normalize(vectors: tf.Tensor): tf.Tensor {
  return tf.div(vectors, tf.add(tf.norm(vectors, 2, 1, true), 1e-6));
}

/** One view of each thing: its own numbers, and some that only this view has. */
function views(things: number, view: number) {
  const data = Float32Array.from({ length: things * FEATURES }, (_, index) => {
    const isOwn = index % FEATURES < 2;
    return 2 * pseudoRandom(isOwn ? index : index + 1000 * (view + 1)) - 1;
  });
  return { data, shape: [things, FEATURES] };
}
