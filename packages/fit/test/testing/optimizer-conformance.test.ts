import { cpuBackend } from '@keepfit/backend-cpu';
import { useBackend } from '@keepfit/fit';
import { optimizerConformance, type OptimizerConformanceOptions } from '@keepfit/fit/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';

beforeAll(() => useBackend(cpuBackend()));

const STOCK: Record<string, () => tf.Optimizer> = {
  sgd: () => tf.train.sgd(0.1),
  momentum: () => tf.train.momentum(0.1, 0.9),
  nesterov: () => tf.train.momentum(0.1, 0.9, true),
  adagrad: () => tf.train.adagrad(0.1),
  adadelta: () => tf.train.adadelta(0.5),
  rmsprop: () => tf.train.rmsprop(0.01),
  'centred rmsprop': () => tf.train.rmsprop(0.01, 0.9, 0.5, 1e-7, true),
  adam: () => tf.train.adam(0.01),
  adamax: () => tf.train.adamax(0.01),
};

for (const [name, optimizer] of Object.entries(STOCK))
  describe(`tf.train.${name}`, () => optimizerConformance({ test, optimizer }));
