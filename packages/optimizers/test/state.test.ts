import '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { adam, adamW, muon, nadam, sgd } from '../src/index.js';
import { allOptions, creators, createWeights, readValues, trainSteps } from './helpers/train.js';

let tensorsBefore = 0;
beforeAll(async () => {
  await tf.setBackend('cpu');
});
beforeEach(() => {
  tensorsBefore = tf.memory().numTensors;
});
afterEach(() => {
  expect(tf.memory().numTensors, 'a tensor was leaked').toBe(tensorsBefore);
});

describe.each(Object.entries(creators))('%s', (_, create) => {
  test('continues from its state to the bits of an uninterrupted training', () => {
    const options = allOptions;
    const optimizer = create(options);
    const weights = createWeights();
    trainSteps(optimizer, weights, 0, 4);
    const middle = weights.map((weight) => weight.clone());
    const state = Object.fromEntries(
      Object.entries(optimizer.readState()).map(([name, value]) => [
        name,
        typeof value === 'number' ? value : value.clone(),
      ]),
    );
    trainSteps(optimizer, weights, 4, 7);
    optimizer.finalizeWeights(weights);
    const wanted = readValues(weights);

    weights.forEach((weight, index) => weight.assign(middle[index]!));
    const fresh = create(options);
    fresh.writeState(state);
    expect(fresh.iterations).toBe(Math.floor(4 / (options.gradientAccumulationSteps ?? 1)));
    trainSteps(fresh, weights, 4, 7);
    fresh.finalizeWeights(weights);
    expect(readValues(weights)).toEqual(wanted);
    const tensors = Object.values(state).filter((value) => typeof value !== 'number');
    tf.dispose([...weights, ...middle, ...tensors]);
    optimizer.dispose();
    fresh.dispose();
  });

  test('continues from its weights if the names of the variables have other counters', async () => {
    const { learningRate: __, ...options } = allOptions;
    const optimizer = create(options);
    const weights = createWeights();
    trainSteps(optimizer, weights, 0, 4);
    const values = await optimizer.getWeights();
    const fresh = create(options);
    await fresh.setWeights(values);
    const others = createWeights(5007);
    others.forEach((weight, index) => weight.assign(weights[index]!));
    for (const [trained, on] of [
      [optimizer, weights],
      [fresh, others],
    ] as const)
      trainSteps(trained, on, 4, 7);
    expect(readValues(others)).toEqual(readValues(weights));
    expect(readValues(await fresh.getWeights().then((saved) => saved.map(({ tensor }) => tensor)))).toEqual(
      readValues(await optimizer.getWeights().then((saved) => saved.map(({ tensor }) => tensor))),
    );
    tf.dispose([...weights, ...others]);
    optimizer.dispose();
    fresh.dispose();
  });

  test('never writes into the memory of an old value', () => {
    const optimizer = create(allOptions);
    const weights = createWeights();
    trainSteps(optimizer, weights, 0, 3);
    const slots = Object.values(optimizer.readState()).filter((value) => typeof value !== 'number');
    const before = [...weights, ...slots].map((tensor) =>
      tf.tidy(() => tf.keep(tensor.reshape(tensor.shape))),
    );
    const values = before.map((tensor) => [...tensor.dataSync()]);
    trainSteps(optimizer, weights, 3, 7);
    expect(readValues(before)).toEqual(values);
    tf.dispose([...weights, ...before]);
    optimizer.dispose();
  });
});

test('a state that does not fit changes nothing, and every fault is told', () => {
  const weights = createWeights();
  const optimizer = adam();
  trainSteps(optimizer, weights, 0, 2);
  const { iterations: _, ...incomplete } = optimizer.readState();
  const state = { ...optimizer.readState(), 'momentum/none/kernel': tf.scalar(1) };
  const other = adam({ amsgrad: true });
  expect(() => other.writeState(state)).toThrow(/no weight none\/kernel.*|velocityHat float32\[3,4\]/s);
  expect(() => other.writeState(incomplete)).toThrow(
    expect.objectContaining({ code: 'KEEPFIT_CHECKPOINT_MISMATCH' }),
  );
  expect(Object.keys(other.readState())).toEqual(['iterations', 'learningRate']);
  tf.dispose([...weights, state['momentum/none/kernel'] as tf.Tensor]);
  optimizer.dispose();
});

test('a state that is none, or has impossible values, changes nothing', async () => {
  const weights = createWeights();
  const optimizer = nadam();
  trainSteps(optimizer, weights, 0, 2);
  const before = optimizer.readState();
  const slot = `momentum/${weights[0]!.name}`;
  const disposed = tf.scalar(1);
  disposed.dispose();
  for (const [state, fault] of [
    [null, 'iterations must be a count, and nothing is saved'],
    [{ ...before, iterations: NaN }, 'iterations must be a count, and NaN is saved'],
    [{ ...before, iterations: 1.5 }, 'iterations must be a count, and 1.5 is saved'],
    [{ ...before, learningRate: -1 }, 'learningRate must be a finite number of at least 0, and -1 is saved'],
    [{ ...before, uProduct: '1' }, 'uProduct must be a number, and "1" is saved'],
    [{ ...before, [slot]: null }, `${slot} must be float32[3,4], and null is saved`],
    [{ ...before, [slot]: [1, 2] }, `${slot} must be float32[3,4], and [1,2] is saved`],
    [{ ...before, [slot]: disposed }, `${slot} must be float32[3,4], and a disposed tensor is saved`],
  ] as const)
    expect(() => optimizer.writeState(state as never)).toThrow(fault);
  for (const values of [null, 5, [null], [{ name: 'iter' }]])
    await expect(optimizer.setWeights(values as never)).rejects.toThrow(
      /^KEEPFIT_INVALID_OPTION: setWeights/,
    );
  expect(() => optimizer.finalizeWeights(undefined as never)).toThrow('finalizeWeights needs an array');
  expect(() => optimizer.applyGradients([null] as never)).toThrow('a gradient for undefined');
  expect(() => optimizer.applyGradients([{ name: weights[0]!.name, tensor: disposed }])).toThrow('disposed');
  expect(optimizer.readState()).toEqual(before);
  tf.dispose(weights);
  optimizer.dispose();
});

test('cannot train when it is disposed, because it would continue without its slots', () => {
  const weights = createWeights();
  const optimizer = adam();
  trainSteps(optimizer, weights, 0, 2);
  optimizer.dispose();
  const before = readValues(weights);
  expect(() => trainSteps(optimizer, weights, 2, 3)).toThrow('the optimizer is disposed and cannot train');
  expect(readValues(weights)).toEqual(before);
  tf.dispose(weights);
});

test('its state has no slots of disposed weights', () => {
  const weights = createWeights();
  const optimizer = adam();
  trainSteps(optimizer, weights, 0, 1);
  weights[0]!.dispose();
  expect(Object.keys(optimizer.readState()).join()).not.toContain(weights[0]!.name);
  optimizer.writeState(optimizer.readState());
  tf.dispose(weights);
  optimizer.dispose();
});

test('takes its own state again, and refuses a number that it does not have', async () => {
  const weights = createWeights();
  const optimizer = adamW();
  trainSteps(optimizer, weights, 0, 2);
  const values = readValues((await optimizer.getWeights()).map(({ tensor }) => tensor));
  await optimizer.setWeights(await optimizer.getWeights());
  expect(readValues((await optimizer.getWeights()).map(({ tensor }) => tensor))).toEqual(values);
  expect(() => optimizer.writeState({ ...optimizer.readState(), extra: 1 })).toThrow(
    'extra must be nothing, and a number is saved',
  );
  tf.dispose(weights);
  optimizer.dispose();
});

test('messages have the stable names of weights', () => {
  const weights = createWeights();
  const optimizer = adam();
  trainSteps(optimizer, weights, 0, 2);
  const other = adam({ amsgrad: true });
  other.nameWeights(new Map(weights.map((weight, index) => [weight, `stable_${index}/kernel`])));
  expect(() => other.writeState(optimizer.readState())).toThrow(/velocityHat\/stable_0\/kernel must be/);
  expect(() => other.writeState(optimizer.readState())).not.toThrow(/dense_Dense/);
  const gradient = tf.scalar(1);
  expect(() => other.applyGradients({ [weights[1]!.name]: gradient })).toThrow('gradient of stable_1/kernel');
  tf.dispose([...weights, gradient]);
  optimizer.dispose();
});

test('the order in which weights are saved is that of the steps, also if some came later', async () => {
  const create = (first: number) =>
    [1, 2, 3].map((value, index) =>
      tf.tidy(() => tf.variable(tf.fill([2], value), true, `late_Dense${first + index}/kernel`)),
    );
  const [weights, others] = [create(11), create(21)];
  const [optimizer, fresh] = [adamW(), adamW()];
  trainSteps(optimizer, weights.slice(1), 0, 2);
  trainSteps(optimizer, weights, 2, 4);
  await fresh.setWeights(await optimizer.getWeights());
  others.forEach((weight, index) => weight.assign(weights[index]!));
  trainSteps(optimizer, weights, 4, 7);
  trainSteps(fresh, others, 4, 7);
  expect(readValues(others)).toEqual(readValues(weights));
  tf.dispose([...weights, ...others]);
  optimizer.dispose();
  fresh.dispose();
});

test('weights of a saved optimizer that are not trained make the next step an error', async () => {
  const weights = createWeights();
  const optimizer = sgd({ momentum: 0.5 });
  trainSteps(optimizer, weights, 0, 2);
  const fresh = sgd({ momentum: 0.5 });
  await fresh.setWeights(await optimizer.getWeights());
  expect(() => trainSteps(fresh, weights.slice(1), 2, 3)).toThrow(
    expect.objectContaining({ code: 'KEEPFIT_CHECKPOINT_MISMATCH' }),
  );
  trainSteps(fresh, weights, 2, 3);
  expect(fresh.iterations).toBe(3);
  tf.dispose(weights);
  optimizer.dispose();
  fresh.dispose();
});

test('leaves a frozen weight alone, and continues with its slots when it is thawed', () => {
  const weights = createWeights();
  const frozen = weights[1]!;
  const optimizer = adamW({ useEma: true, emaOverwriteFrequency: 1, weightDecay: 0.5 });
  trainSteps(optimizer, weights, 0, 3);
  const before = readValues([frozen, optimizer.readState()[`momentum/${frozen.name}`] as tf.Tensor]);
  frozen.trainable = false;
  trainSteps(optimizer, weights, 3, 6);
  optimizer.finalizeWeights(weights);
  expect(readValues([frozen, optimizer.readState()[`momentum/${frozen.name}`] as tf.Tensor])).toEqual(before);
  frozen.trainable = true;
  trainSteps(optimizer, weights, 6, 7);
  expect(readValues([frozen])).not.toEqual([before[0]]);
  tf.dispose(weights);
  optimizer.dispose();
});

test('a weight without a gradient keeps its value, and gets its slots', () => {
  const weights = createWeights();
  const optimizer = adamW();
  const before = readValues(weights.slice(1));
  optimizer.minimize(() => tf.mean(weights[0]!), false, weights);
  expect(readValues(weights.slice(1))).toEqual(before);
  expect(Object.keys(optimizer.readState())).toHaveLength(2 + 2 * weights.length);
  expect(() => optimizer.applyGradients([{ name: weights[0]!.name, tensor: undefined as never }])).toThrow(
    'no weight has a gradient',
  );
  expect(() => optimizer.applyGradients([{ name: 'none', tensor: weights[0]! }])).toThrow(
    'no variable of that name',
  );
  optimizer.applyGradients([]);
  expect(optimizer.iterations).toBe(1);
  tf.dispose(weights);
  optimizer.dispose();
});

test('begins the slots of a weight that comes later at its first step', () => {
  const weights = createWeights();
  const optimizer = muon({ useEma: true });
  trainSteps(optimizer, weights.slice(1), 0, 2);
  trainSteps(optimizer, weights, 2, 4);
  expect(Object.keys(optimizer.readState())).toContain(`average/${weights[0]!.name}`);
  tf.dispose(weights);
  optimizer.dispose();
});

test('forgets disposed weights, also if a new one has the name of one', () => {
  const optimizer = adam({ ...allOptions, gradientAccumulationSteps: 2 });
  const train = (): number[] => {
    const weights = [...createWeights(), tf.tidy(() => tf.variable(tf.tensor1d([1, -2]), true, 'again'))];
    trainSteps(optimizer, weights, 0, 3);
    const again = [...weights.at(-1)!.dataSync()];
    tf.dispose(weights);
    return again;
  };
  train();
  const { numTensors } = tf.memory();
  expect(train()).not.toContain(NaN);
  expect(tf.memory().numTensors).toBe(numTensors);
  optimizer.dispose();
});

test.each([[[2]], [[1]], [[2, 1]], [[]]])('refuses a gradient of the shape %j for [1, 2]', (shape) => {
  const weight = tf.tidy(() => tf.variable(tf.tensor2d([[1, 2]]), true, 'shaped'));
  const optimizer = adam({ gradientAccumulationSteps: 2 });
  const gradient = tf.ones(shape);
  expect(() => optimizer.applyGradients({ shaped: gradient })).toThrow(
    `the gradient of shaped must be a tensor of shape [1,2], not ${JSON.stringify(shape)}`,
  );
  expect(optimizer.readState()['iterations']).toBe(0);
  expect([...weight.dataSync()]).toEqual([1, 2]);
  tf.dispose([weight, gradient]);
  optimizer.dispose();
});

test('leaves a weight of integers alone, and refuses a gradient for it, or two for one weight', () => {
  const [weight, count] = tf.tidy(() => [
    tf.variable(tf.tensor1d([1, 2]), true, 'trained'),
    tf.variable(tf.tensor1d([1, 2], 'int32'), true, 'count'),
  ]) as [tf.Variable, tf.Variable];
  const gradient = tf.tensor1d([1, 1]);
  const optimizer = adamW({ useEma: true, gradientAccumulationSteps: 2 });
  expect(() => optimizer.applyGradients({ trained: gradient, count: gradient })).toThrow(
    'count is int32, and only float32 weights can be trained',
  );
  const twice = { name: 'trained', tensor: gradient };
  expect(() => optimizer.applyGradients([twice, twice])).toThrow(
    'a gradient for "trained": it is the second',
  );
  for (const odd of [null, undefined, 5] as never[])
    expect(() => optimizer.applyGradients(odd)).toThrow('needs gradients by the names of variables');
  expect(Object.keys(optimizer.readState())).toEqual(['iterations', 'learningRate']);
  for (let step = 0; step < 3; step++)
    optimizer.minimize(() => tf.sum(tf.square(weight)) as tf.Scalar, false, [weight, count]);
  expect(optimizer.readState()).not.toHaveProperty('average/count');
  expect(count.dtype).toBe('int32');
  tf.dispose([weight, count, gradient]);
  optimizer.dispose();
});

test('trains all variables if minimize is given none', () => {
  const weight = tf.tidy(() => tf.variable(tf.scalar(1), true));
  const optimizer = sgd({ learningRate: 0.5 });
  const loss = optimizer.minimize(() => tf.square(weight) as tf.Scalar, true)!;
  expect([loss.dataSync()[0], weight.dataSync()[0]]).toEqual([1, 0]);
  tf.dispose([loss, weight]);
  optimizer.dispose();
});
