import { cpuBackend } from '@keepfit/backend-cpu';
import { useBackend } from '@keepfit/fit';
import { optimizerConformance } from '@keepfit/fit/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, test } from 'vitest';
import { cosineDecay, registerOptimizers } from '../src/index.js';
import { sampleTests } from '../../../test/setup/sample.js';
import { ELEMENTWISE, OTHERS } from './helpers/optimizer-list.js';

const STOCK: Readonly<Record<string, () => tf.Optimizer>> = {
  sgd: () => tf.train.sgd(0.1),
  momentum: () => tf.train.momentum(0.1, 0.9),
  adagrad: () => tf.train.adagrad(0.1),
  adadelta: () => tf.train.adadelta(0.5),
  rmsprop: () => tf.train.rmsprop(0.01, 0.9, 0.5, 1e-7, true),
  adam: () => tf.train.adam(0.01),
  adamax: () => tf.train.adamax(0.01),
};
const ALL = {
  learningRate: cosineDecay({ initialLearningRate: 0.1, decaySteps: 8 }),
  weightDecay: 0.01,
  clipnorm: 0.7,
  useEma: true,
  emaOverwriteFrequency: 3,
  gradientAccumulationSteps: 2,
};

beforeAll(async () => {
  registerOptimizers();
  await useBackend(cpuBackend());
});

for (const [name, optimizer] of Object.entries(STOCK))
  describe(`tf.train.${name}`, () =>
    optimizerConformance({
      ...{ test: sampleTests(test, 2), optimizer, crashAfter: [3] },
      ...(name === 'momentum' && {
        known: { 'hygiene: dispose frees the state': 'tfjs keeps the momentum' },
      }),
    }));

for (const [name, create] of Object.entries({ ...ELEMENTWISE, ...OTHERS }))
  describe(name, () => {
    optimizerConformance({ test: sampleTests(test, 2), optimizer: () => create(ALL), crashAfter: [3] });
  });
