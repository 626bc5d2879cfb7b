import { type Model, seeded } from '@keepfit/fit';
import * as tf from '@tensorflow/tfjs-core';
import { layers, type LayersModel, sequential } from '@tensorflow/tfjs-layers';
import { type JoinedModel, joinModels } from '../../src/index.js';
import { numbers, oneHot, type ZooMember } from './zoo-member.js';

const FEATURES = 3;
const CLASSES = 3;
const NOISE = 2;

/** Trainings with a step of their own. A crash in a step comes from the main part. */
export const stepsZoo: Readonly<Record<string, ZooMember>> = {
  'a GAN of two optimizers': member({
    build: (seed) => joinModels(seeded(seed, gan), { main: 'generator' }),
    step: (model, makeOptimizer) => ({
      phases: [
        {
          name: 'discriminator',
          weights: 'discriminator',
          optimizer: makeOptimizer(),
          loss({ x, size }, { random, training }) {
            const fake = model.call(random.normal([size, NOISE]), { training }) as tf.Tensor;
            const real = labelLoss(callPart(model, 'discriminator', x, training), 1);
            return {
              loss: tf.add(real, labelLoss(callPart(model, 'discriminator', fake, training), 0)),
              logs: { real },
            };
          },
        },
        {
          name: 'generator',
          weights: 'generator',
          optimizer: makeOptimizer(),
          loss({ size }, { random, training }) {
            const fake = model.call(random.uniform([size, NOISE], -1, 1), { training }) as tf.Tensor;
            return labelLoss(callPart(model, 'discriminator', fake, training), 1);
          },
        },
      ],
    }),
  }),

  'a variational autoencoder': member({
    build: (seed) => joinModels(seeded(seed, autoencoder), { main: 'decoder' }),
    step: (model, makeOptimizer) => ({
      phases: [
        {
          name: 'vae',
          optimizer: makeOptimizer(),
          loss({ x, size }, { random, training }) {
            const [mean, spread] = tf.split(callPart(model, 'encoder', x, training), 2, 1) as tf.Tensor[];
            if (mean === undefined || spread === undefined) throw new Error('the encoder gives two parts');
            const latent = tf.add(mean, tf.mul(random.normal([size, NOISE]), tf.exp(tf.mul(spread, 0.5))));
            const decoded = model.call(latent, { training }) as tf.Tensor;
            const terms = tf.sub(tf.add(1, spread), tf.add(tf.square(mean), tf.exp(spread)));
            const kl = tf.mul(tf.mean(terms), -0.5);
            return { loss: tf.add(tf.mean(tf.squaredDifference(x, decoded)), kl), logs: { kl } };
          },
        },
      ],
    }),
  }),

  'distillation from a frozen teacher': member({
    build: (seed) => joinModels(seeded(seed, teacherAndStudent), { main: 'student' }),
    step: (model, makeOptimizer) => ({
      metrics: ['categoricalAccuracy', 'auc'],
      phases: [
        {
          name: 'student',
          optimizer: makeOptimizer(),
          loss({ x, y }, { training }) {
            const soft = tf.softmax(callPart(model, 'teacher', x, false));
            const logits = model.call(x, { training }) as tf.Tensor;
            const loss = tf.add(
              tf.losses.softmaxCrossEntropy(soft, logits),
              tf.losses.softmaxCrossEntropy(y, logits),
            );
            return { loss, outputs: tf.softmax(logits) };
          },
        },
      ],
    }),
  }),

  'contrastive pairs by trainStep': member({
    isWhole: true,
    build: (seed) => joinModels(seeded(seed, encoder), { main: 'encoder' }),
    step: (model, makeOptimizer) => {
      const loss = (first: tf.Tensor, second: tf.Tensor, training: boolean) => {
        const [a, b] = [first, second].map((view) => model.call(view, { training }) as tf.Tensor2D);
        if (a === undefined || b === undefined) throw new Error('a pair has two views');
        const scores = tf.matMul(a, b, false, true);
        return tf.losses.softmaxCrossEntropy(tf.eye(scores.shape[0]), scores);
      };
      return {
        optimizers: { encoder: makeOptimizer() },
        trainStep({ x }, { random, gradients, apply }) {
          const view = () => tf.add(x, random.normal(x.shape, 0, 0.1));
          const found = gradients('encoder', () => loss(view(), view(), true));
          const clipped = Object.entries(found.gradients).map(
            ([name, gradient]) => [name, tf.clipByValue(gradient, -0.5, 0.5)] as const,
          );
          apply('encoder', Object.fromEntries(clipped));
          return { loss: found.loss };
        },
        testStep: ({ x }, { random }) => ({
          loss: loss(x, tf.add(x, random.normal(x.shape, 0, 0.1)), false),
        }),
      };
    },
  }),
};

function member(own: Pick<ZooMember, 'build' | 'step' | 'isWhole'>): ZooMember {
  return {
    ...own,
    isRecorded: false,
    loss: 'mse',
    metrics: [],
    inputs: (samples, from) => numbers(samples, from, [FEATURES]),
    targets: (samples, from) => oneHot(samples, from, CLASSES),
  };
}

function callPart(model: Model, part: string, inputs: tf.Tensor, training: boolean): tf.Tensor {
  return (model as JoinedModel).parts[part]?.call(inputs, { training }) as tf.Tensor;
}

function labelLoss(logits: tf.Tensor, label: number): tf.Tensor {
  return tf.losses.sigmoidCrossEntropy(tf.fill(logits.shape, label), logits);
}

function network(inputs: number, outputs: number): LayersModel {
  return sequential({
    layers: [
      layers.dense({ units: 3, activation: 'tanh', inputShape: [inputs] }),
      layers.batchNormalization(),
      layers.dropout({ rate: 0.2 }),
      layers.dense({ units: outputs }),
    ],
  });
}

const gan = () => ({ generator: network(NOISE, FEATURES), discriminator: network(FEATURES, 1) });
const autoencoder = () => ({ encoder: network(FEATURES, 2 * NOISE), decoder: network(NOISE, FEATURES) });
const encoder = () => ({ encoder: network(FEATURES, 2) });

function teacherAndStudent() {
  const models = { teacher: network(FEATURES, CLASSES), student: network(FEATURES, CLASSES) };
  models.teacher.trainable = false;
  return models;
}
