import '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, expect, test, vi } from 'vitest';
import {
  Adam,
  AdamW,
  adam,
  adamW,
  cosineDecay,
  exponentialDecay,
  ftrl,
  lion,
  muon,
  piecewiseConstantDecay,
  registerOptimizers,
  scheduleFreeAdamW,
  sgd,
} from '../src/index.js';
import { allOptions, creators, createWeights, readValues, trainSteps } from './helpers/train.js';

beforeAll(async () => {
  await tf.setBackend('cpu');
});
afterEach(() => {
  vi.restoreAllMocks();
});

test.each([
  [() => adamW({ beta_1: 0.5 } as never), /AdamW has no option "beta_1".*did you mean "beta1"/],
  [() => adam({ weightDecay: null as never }), 'weightDecay of Adam must be a finite number of at least 0'],
  [() => adam({ learningRate: NaN }), 'learningRate of Adam must be'],
  [() => adam({ learningRate: -1 }), 'learningRate of Adam must be'],
  [() => adam({ epsilon: -1 }), 'epsilon of Adam must be'],
  [() => adam({ amsgrad: 1 as never }), 'amsgrad of Adam must be true or false'],
  [() => adam({ clipnorm: 1, clipvalue: 1 }), 'Adam takes only one of clipnorm and clipvalue'],
  [() => adam({ gradientAccumulationSteps: 1 }), 'must be an integer of at least 2'],
  [() => adam({ emaMomentum: 1.5 }), 'emaMomentum of Adam must be a number from 0 to 1'],
  [() => adam({ emaOverwriteFrequency: 0 }), 'must be a positive integer'],
  [() => adam({ excludeFromWeightDecay: ['('] }), 'an array of regular expressions'],
  [() => adam({ excludeFromWeightDecay: 'bias' as never }), 'an array of regular expressions'],
  [() => sgd({ momentum: 2 }), 'momentum of SGD must be'],
  [() => ftrl({ learningRatePower: 0.5 }), 'learningRatePower of Ftrl must be'],
  [() => lion({ beta1: 0 }), 'beta1 of Lion must be'],
  [() => scheduleFreeAdamW({ beta1: 0 }), 'beta1 of ScheduleFreeAdamW must be'],
  [() => muon({ nsSteps: 1.5 }), 'nsSteps of Muon must be'],
  [() => muon({ excludeLayers: [/x/ as never] }), 'excludeLayers of Muon must be'],
  [() => cosineDecay({ initialLearningRate: 0.1 } as never), 'CosineDecay needs decaySteps'],
  [() => cosineDecay({ initialLearningRate: 0.1, decaySteps: 0 }), 'decaySteps of CosineDecay must be'],
  [() => piecewiseConstantDecay({ boundaries: [1], values: [1] }), 'one value more than boundaries'],
  [() => piecewiseConstantDecay({ boundaries: [2, 1], values: [1, 1, 1] }), 'ascending integers'],
])('refuses an option that makes no sense: %s', (create, message) => {
  expect(create).toThrow(message);
  expect(create).toThrow(expect.objectContaining({ code: 'KEEPFIT_INVALID_OPTION' }));
});

test.each([
  ['weightDecay', 0],
  ['excludeFromWeightDecay', []],
  ['clipnorm', 0],
  ['clipvalue', 0],
  ['globalClipnorm', -0],
])('%s %j is as if it was not given', (name, value) => {
  expect(adam({ [name]: value }).getSettings()).toEqual(adam().getSettings());
  expect(adam({ [name]: value }).getConfig()).toStrictEqual(adam().getConfig());
});

test('0 for an option that has a default is another setting', () => {
  expect(adamW({ weightDecay: 0 }).getSettings()).toMatchObject({ weightDecay: 0 });
  expect(adam({ emaMomentum: 0 }).getSettings()).toMatchObject({ emaMomentum: 0 });
});

test('follows a schedule, which cannot be set', () => {
  const weights = createWeights();
  const schedule = exponentialDecay({ initialLearningRate: 1, decaySteps: 1, decayRate: 0.5 });
  const optimizer = sgd({ learningRate: schedule });
  expect([optimizer.schedule, optimizer.learningRate]).toEqual([schedule, 1]);
  trainSteps(optimizer, weights, 0, 2);
  expect(optimizer.learningRate).toBe(0.25);
  expect(() => (optimizer.learningRate = 1)).toThrow('follows a schedule and cannot be set');
  const constant = sgd();
  constant.learningRate = 0.5;
  expect(constant.getConfig()['learningRate']).toBe(0.5);
  for (const rate of [NaN, -0.1, '0.1' as never])
    expect(() => (constant.learningRate = rate)).toThrow('must be set to a finite number of at least 0, not');
  tf.dispose(weights);
});

test.each([NaN, -0.1])('a schedule that gives %j as rate changes nothing', (rate) => {
  const weights = createWeights();
  const optimizer = adam({ learningRate: (step) => (step === 1 ? rate : 0.1) });
  trainSteps(optimizer, weights, 0, 1);
  const before = readValues(weights);
  expect(() => trainSteps(optimizer, weights, 1, 2)).toThrow(
    `must return a finite number of at least 0, not ${rate}, at step 1`,
  );
  expect([readValues(weights), optimizer.iterations]).toEqual([before, 1]);
  tf.dispose(weights);
  optimizer.dispose();
});

test('does not decay a weight whose stable name has a match, and warns once of a pattern without one', () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
  const weights = createWeights();
  const before = readValues(weights);
  const optimizer = sgd({
    learningRate: 1,
    weightDecay: 0.5,
    excludeFromWeightDecay: ['^first.*bias$', 'Dense/kernel', 'none'],
  });
  optimizer.nameWeights(
    new Map(weights.map((weight, index) => [weight, ['first/kernel', 'first/bias'][index] ?? 'x'])),
  );
  for (let step = 0; step < 2; step++)
    tf.tidy(() =>
      optimizer.applyGradients(weights.map(({ name, shape }) => ({ name, tensor: tf.zeros(shape) }))),
    );
  const quarter = (values: number[] | undefined) => values?.map((value) => value / 4);
  expect(readValues(weights)).toEqual([
    quarter(before[0]),
    before[1],
    quarter(before[2]),
    quarter(before[3]),
  ]);
  expect(warn.mock.calls.map(([text]) => String(text).slice(0, 49))).toEqual([
    'keepfit: SGD: "Dense/kernel" matches no weight of',
    'keepfit: SGD: "none" matches no weight of first/k',
  ]);
  tf.dispose(weights);
});

test('in a loop of your own, patterns are found in the names of tfjs without their counters', () => {
  const weights = createWeights(5012);
  const before = readValues(weights);
  const optimizer = sgd({
    learningRate: 1,
    weightDecay: 0.5,
    excludeFromWeightDecay: ['dense_Dense/(kernel|bias)$'],
  });
  tf.tidy(() =>
    optimizer.applyGradients(weights.map(({ name, shape }) => ({ name, tensor: tf.zeros(shape) }))),
  );
  expect(readValues(weights).slice(0, 3)).toEqual(before.slice(0, 3));
  expect(readValues(weights)[3]).toEqual(before[3]?.map((value) => value / 2));
  tf.dispose(weights);
});

test.each(Object.entries(creators))('%s can be made again from its config', (_, create) => {
  registerOptimizers();
  const optimizer = create(allOptions);
  const { constructor } = optimizer as unknown as { constructor: typeof AdamW };
  const again = constructor.fromConfig(constructor as never, optimizer.getConfig()) as unknown as AdamW;
  expect(again.getConfig()).toEqual(optimizer.getConfig());
  expect(again.getSettings()).toEqual(optimizer.getSettings());
  expect(again.schedule?.(3)).toBe(optimizer.schedule?.(3));
  expect(optimizer.getClassName()).toBe(constructor.className);
});

test('a schedule that is a function cannot be in a config', () => {
  const optimizer = adam({ learningRate: () => 0.1 });
  expect(() => optimizer.getConfig()).toThrow('a function as schedule cannot be saved');
  expect(optimizer.getSettings()).toMatchObject({ beta1: 0.9 });
});

test("does not register over tfjs' own optimizers", () => {
  registerOptimizers();
  registerOptimizers();
  const [cls, read] = tf.serialization.SerializationMap.getMap().classNameMap['Adam']!;
  expect(cls).toBe(Adam);
  expect(read(cls as never, tf.train.adam().getConfig()).constructor).toBe(tf.AdamOptimizer);
  expect(read(cls as never, adam().getConfig()).constructor).toBe(Adam);
});
