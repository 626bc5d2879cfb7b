import { cpuBackend } from '@keepfit/backend-cpu';
import type { Logs } from '@keepfit/callbacks';
import { type EvaluateArguments, type FitArguments, type Model, Trainer, useBackend } from '@keepfit/fit';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { caught } from './helpers/caught.js';

const X = [[1], [2], [3], [4]];
const Y = [[2], [4], [6], [8]];
const batches = () => [{ xs: X, ys: Y }];
const dataset = { iterator: async () => batches()[Symbol.iterator]() as never };
const seekable = { batchesFrom: (_epoch: number, first: number) => batches().slice(first) };
const options = { verbose: 0 } as const;

beforeAll(() => useBackend(cpuBackend()));

describe('the options come right after batches', () => {
  test.each([
    ['a factory', batches],
    ['a dataset', dataset],
    ['batches from any batch on', seekable],
  ])('of %s', async (_name, x) => {
    const { history } = await createTrainer().fit(x, { epochs: 2, verbose: 0 });
    expect(history['loss']).toHaveLength(2);
    const whole = await createTrainer().evaluate(X, Y, options);
    expect(await createTrainer().evaluate(x, { steps: 1, verbose: 0 })).toEqual(whole);
  });

  test('and after the targets of arrays, of whatever names', async () => {
    const trainer = createTrainer({ inputNames: ['iterator', 'epochs'], outputNames: ['verbose', 'steps'] });
    const [x, y] = [
      { iterator: X, epochs: X },
      { verbose: Y, steps: Y },
    ];
    const { history } = await trainer.fit(x, y, { epochs: 2, verbose: 0 });
    expect(history['loss']).toHaveLength(2);
    expect((await trainer.evaluate(x, y, options)).loss).toEqual(expect.any(Number));
  });
});

test('a function that passes its arguments on takes both forms', async () => {
  const fit = (...data: FitArguments) => createTrainer().fit(...data);
  const evaluate = (...data: EvaluateArguments): Promise<Logs> => createTrainer().evaluate(...data);
  const seeded = { seed: 1, verbose: 0 } as const;
  expect((await fit(batches, seeded)).history).toEqual(
    (await fit(X, Y, { ...seeded, batchSize: 4 })).history,
  );
  expect(await evaluate(batches, options)).toEqual(await evaluate(X, Y, options));
});

const REFUSED: [what: string, given: readonly unknown[], code: string, message: RegExp][] = [
  ['arrays alone', [X], 'DATA', /y is missing: give the targets of x/],
  ['a hole for y', [X, undefined, options], 'DATA', /y is missing/],
  ['options in the place of y', [X, options], 'DATA', /y .*these are the options.*\(x, y, options\)/],
  ['no options in the place of y', [X, {}], 'DATA', /y .*\(x, y, options\)/],
  ['null for y', [X, null, options], 'DATA', /y must be a tensor/],
  ['batches for y', [X, batches, options], 'DATA', /y of \w+ makes batches, and x is arrays/],
  ['a dataset for y', [X, dataset], 'DATA', /y of \w+ makes batches, and x is arrays/],
  [
    'options twice after arrays',
    [X, Y, options, options],
    'OPTION',
    /one argument too many.*\(x, y, options\)/,
  ],
  ['an array for options', [X, Y, [1]], 'OPTION', /options of \w+ must be an object, not \[1\]/],
  ['null for options', [X, Y, null], 'OPTION', /options of \w+ must be an object, not null/],
  ['targets with batches', [batches, Y, options], 'DATA', /y of \w+ must be left out when x makes its own/],
  ['a typed array with batches', [dataset, Float32Array.of(1)], 'DATA', /y of \w+ must be left out/],
  ['{ data, shape } with batches', [dataset, { data: [1], shape: [1] }], 'DATA', /y of \w+ must be left out/],
  ['batches twice', [batches, batches], 'DATA', /y of \w+ must be left out/],
  ['a record of targets with batches', [batches, { a: Y }], 'OPTION', /has no option "a"/],
  [
    'a hole before the options',
    [dataset, undefined, options],
    'OPTION',
    /too many.*the options follow it: \(x, options\)/,
  ],
  ['options twice after batches', [seekable, options, options], 'OPTION', /too many.*\(x, options\)/],
  ['null for options of batches', [batches, null], 'OPTION', /options of \w+ must be an object, not null/],
  [
    'a promise for options',
    [X, Y, Promise.resolve(options)],
    'OPTION',
    /options .* plain object, not a Promise/,
  ],
  ['a Map for options of batches', [batches, new Map([['epochs', 2]])], 'OPTION', /plain object, not a Map/],
  ['inherited options', [X, Y, Object.create({ epochs: 2 })], 'OPTION', /inherit epochs.*spread/],
  ['a promise of batches', [Promise.resolve(dataset), options], 'DATA', /x .*is a promise; await it/],
  ['a promise of targets', [X, Promise.resolve(Y), options], 'DATA', /y is a promise; await it/],
  ['batches in a list', [[dataset], options], 'DATA', /x is a list of batches.*without the list/],
  ['a list of batches', [[{ xs: X, ys: Y }], options], 'DATA', /x is a list of batches.*function/],
  ['a number for options of batches', [batches, 2], 'OPTION', /options of \w+ must be an object, not 2/],
];

describe.each(['fit', 'evaluate'] as const)('%s refuses', (method) => {
  test.each(REFUSED)('%s', async (_what, given, code, message) => {
    const trainer = createTrainer();
    const tensors = tf.memory().numTensors;
    const run = trainer[method].bind(trainer) as (...all: readonly unknown[]) => Promise<unknown>;
    const error = await caught(run(...given));
    expect(error.code).toBe(`KEEPFIT_INVALID_${code}`);
    expect(error.message).toMatch(message);
    expect(tf.memory().numTensors).toBe(tensors);
  });

  test('a tensor as targets of batches', async () => {
    const y = tf.tensor2d(Y);
    const error = await caught(createTrainer()[method](batches, y as never));
    expect(error.message).toMatch(/y of \w+ must be left out/);
    y.dispose();
  });
});

test.each(['trainOnBatch', 'testOnBatch', 'predictOnBatch'] as const)(
  '%s refuses what makes batches',
  async (method) => {
    for (const x of [batches, dataset, seekable]) {
      const error = await caught(createTrainer()[method](x as never, Y));
      expect(error.code).toBe('KEEPFIT_INVALID_DATA');
      expect(error.message).toMatch(/x makes batches, .* arrays of one batch/);
    }
  },
);

/** One weight, for each of as many inputs and outputs. */
function createTrainer(names: Pick<Model, 'inputNames' | 'outputNames'> = {}): Trainer {
  const kernel = tf.variable(tf.ones<tf.Rank.R2>([1, 1]));
  const model: Model = {
    ...names,
    weights: [{ name: 'kernel', variable: kernel, trainable: true }],
    call: (inputs) => {
      const outputs = [inputs].flat().map((input) => tf.matMul(input as tf.Tensor2D, kernel as tf.Tensor2D));
      return outputs.length === 1 ? outputs[0]! : outputs;
    },
  };
  return new Trainer(model, { optimizer: 'sgd', loss: 'mse' });
}
