import { cpuBackend } from '@keepfit/backend-cpu';
import { type Model, Trainer, useBackend } from '@keepfit/fit';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { caught } from '../helpers/caught.js';

beforeAll(() => useBackend(cpuBackend()));

const schedule = (step: number) => 0.1 / step;

/** The classes of tfjs, each made with a learning rate. */
const MAKERS: Readonly<Record<string, (rate: number) => tf.Optimizer>> = {
  SGD: (rate) => tf.train.sgd(rate),
  Momentum: (rate) => tf.train.momentum(rate, 0.9),
  Adagrad: (rate) => tf.train.adagrad(rate),
  Adadelta: (rate) => tf.train.adadelta(rate),
  Adam: (rate) => tf.train.adam(rate),
  Adamax: (rate) => tf.train.adamax(rate),
  RMSProp: (rate) => tf.train.rmsprop(rate),
};

const RATES: readonly (readonly [rate: unknown, shown: string])[] = [
  [schedule, 'the function schedule'],
  [NaN, 'NaN'],
  [-0.1, '-0.1'],
  [Infinity, 'Infinity'],
  ['0.1', '"0.1"'],
  [null, 'null'],
  [{ decay: 1 }, '{"decay":1}'],
];

describe.each(Object.entries(MAKERS))("tfjs' %s", (name, make) => {
  test.each(RATES)('refuses the learning rate %j', (rate, shown) => {
    expect(() => createTrainer(withRate(make, rate))).toThrow(
      `KEEPFIT_INVALID_OPTION: the optimizer ${name} has the learningRate ${shown}, and it must be a finite number of at least 0`,
    );
  });

  test('takes the learning rate 0', () => {
    expect(() => createTrainer(make(0))).not.toThrow();
  });
});

test('the message names what changes a rate', () => {
  expect(() => createTrainer(withRate(MAKERS['Adam']!, schedule))).toThrow(/LearningRateScheduler/);
});

test('a subclass with the step of tfjs is checked, and one with its own step is not', () => {
  class Renamed extends tf.AdamOptimizer {}
  class Own extends tf.AdamOptimizer {
    override applyGradients(): void {}
  }
  const rate = schedule as unknown as number;
  expect(() => createTrainer(new Renamed(rate, 0.9, 0.999))).toThrow(
    /the optimizer Renamed has the learningRate/,
  );
  expect(() => createTrainer(new Own(rate, 0.9, 0.999))).not.toThrow();
});

test.each<[what: string, make: () => tf.Optimizer, message: RegExp]>([
  ['no momentum', () => tf.train.momentum(0.1, undefined as never), /Momentum has the momentum undefined/],
  ['an object for beta1', () => tf.train.adam(0.1, { beta: 1 } as never), /Adam has the beta1 \{"beta":1\}/],
  ['NaN for decay', () => tf.train.rmsprop(0.1, NaN), /RMSProp has the decay NaN/],
])('other settings are numbers too: %s', (_what, make, message) => {
  let optimizer: tf.Optimizer | undefined;
  try {
    optimizer = make();
  } catch {
    return; // tfjs refuses it itself.
  }
  expect(() => createTrainer(optimizer)).toThrow(message);
});

test('a rate that the program sets later is checked when training begins, and in one batch', async () => {
  const optimizer = tf.train.adam(0.1);
  const trainer = createTrainer(optimizer);
  Object.assign(optimizer, { learningRate: schedule });
  for (const run of [trainer.fit([[1]], [[1]], { verbose: 0 }), trainer.trainOnBatch([[1]], [[1]])])
    expect((await caught(run)).message).toMatch(/Adam has the learningRate the function schedule/);
});

test('a rate that is no number cannot be set', () => {
  const trainer = createTrainer(tf.train.sgd(0.1));
  expect(() => (trainer.learningRate = schedule as unknown as number)).toThrow(
    'KEEPFIT_INVALID_OPTION: learningRate must be set to a number, not the function schedule',
  );
  expect(trainer.learningRate).toBe(0.1);
});

/** tfjs makes a tensor of a rate at once in some classes; the program sets it afterwards. */
function withRate(make: (rate: number) => tf.Optimizer, rate: unknown): tf.Optimizer {
  const optimizer = make(0.1);
  Object.assign(optimizer, { learningRate: rate });
  return optimizer;
}

function createTrainer(optimizer: tf.Optimizer): Trainer {
  const slope = tf.variable(tf.scalar(0.5));
  const model: Model = {
    weights: [{ name: 'slope', variable: slope, trainable: true }],
    call: (x) => tf.mul(x as tf.Tensor, slope),
  };
  return new Trainer(model, { optimizer, loss: 'mse' });
}
