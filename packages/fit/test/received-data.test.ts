import { cpuBackend } from '@keepfit/backend-cpu';
import { type Arrays, type BatchData, type Model, Trainer, useBackend } from '@keepfit/fit';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { caught } from './helpers/caught.js';

const X = [
  [1, 2],
  [3, 4],
];
const Y = [1, 2];
const BATCHES = { verbose: 0 } as const;
const QUIET = { ...BATCHES, shuffle: false } as const;

beforeAll(() => useBackend(cpuBackend()));

class HTMLImageElement {}
class Rows {}

const WANTED =
  'must be a tensor, { data: typed array, shape }, or nested arrays of numbers, or several of these, not';
const NESTED = 'must be nested arrays of numbers with rows of equal lengths; its first row says';

/** What is given in place of data, and the end of the message after the name. */
const KINDS: readonly (readonly [what: string, make: () => unknown, message: string])[] = [
  ['a promise', () => Promise.resolve(X), 'is a promise; await it'],
  ['a string', () => 'abc', `${WANTED} "abc"; convert text to numbers`],
  ['strings', () => ['a', 'b'], `${NESTED} [2], and NAME[0] is "a"; convert text to numbers`],
  ['a bigint', () => 5n, `${WANTED} 5; convert it with Number`],
  [
    'a BigInt64Array',
    () => BigInt64Array.of(1n, 2n),
    'is a BigInt64Array; convert it to numbers: { data: Float32Array.from(values, Number), shape }',
  ],
  ['bigints', () => [1n, 2n], `${NESTED} [2], and NAME[0] is 1; convert it with Number`],
  [
    'bigints with a shape',
    () => ({ data: BigUint64Array.of(1n, 2n), shape: [2] }),
    'must be a tensor, { data: typed array, shape }, or nested arrays of numbers, and its data is a BigUint64Array; give a typed array, such as a Float32Array',
  ],
  [
    'text with a shape',
    () => ({ data: ['1', 2], shape: [2] }),
    'has numbers as data, but data[0] is "1"; convert text to numbers',
  ],
  [
    'a hole with a shape',
    () => ({ data: [1, undefined], shape: [2] }),
    'has numbers as data, but data[1] is undefined; give a number in its place, or leave out the sample',
  ],
  ['a number', () => 5, `${WANTED} 5`],
  ['true', () => true, `${WANTED} true`],
  ['a Date', () => new Date(), `${WANTED} a Date; give numbers, such as its getTime() in days`],
  ['a RegExp', () => /x/, `${WANTED} a RegExp`],
  ['an object of a class', () => new Rows(), `${WANTED} a Rows`],
  [
    'a Map',
    () => new Map([[1, X]]),
    'is a Map, not data; give a record by name, or its values as nested arrays',
  ],
  ['a Set', () => new Set(X), 'is a Set, not data; give a record by name, or its values as nested arrays'],
  [
    'an ArrayBuffer',
    () => new ArrayBuffer(8),
    'is an ArrayBuffer, bytes without a type; give { data, shape } with a typed array, such as new Float32Array(buffer)',
  ],
  [
    'an image',
    () => new HTMLImageElement(),
    'is a HTMLImageElement; read its pixels with tf.browser.fromPixels(…)',
  ],
  ['a buffer of tfjs', () => tf.buffer([2, 2]), 'is a TensorBuffer; call its toTensor()'],
  [
    'a tensor of text',
    () => tf.tensor(['a', 'b']),
    'must hold numbers, and is a tensor of string; convert them first',
  ],
  ['a scalar', () => tf.scalar(1), 'is a scalar; its first axis must count the samples'],
  ['uneven rows', () => [[1, 2], [3]], `${NESTED} [2, 2], and NAME[1] has the length 1`],
  [
    'undefined in a row',
    () => [
      [1, 2],
      [3, undefined],
    ],
    `${NESTED} [2, 2], and NAME[1][1] is undefined; give a number in its place, or leave out the sample`,
  ],
  ['a row of another depth', () => [[1, 2], 3], `${NESTED} [2, 2], and NAME[1] is 3`],
  [
    'a list with a hole',
    () => Object.assign([1, 2, 3], { length: 4 }).slice(0),
    `${NESTED} [4], and NAME[3] is undefined; give a number in its place, or leave out the sample`,
  ],
  ['promises', () => [Promise.resolve(1), 2], `${NESTED} [2], and NAME[0] is a promise; await it`],
  [
    'a list that contains itself',
    () => {
      const list: unknown[] = [];
      list.push(list);
      return list;
    },
    'is nested in more than 6 levels; the tensors of tfjs have at most 6 axes',
  ],
  [
    'rows whose buffer was transferred',
    () => {
      const row = Float32Array.of(1, 2);
      structuredClone(row.buffer, { transfer: [row.buffer] });
      return [row];
    },
    'has the shape [1, 0], which has no values; give each sample some',
  ],
  ['rows without values', () => [[], []], 'has the shape [2, 0], which has no values; give each sample some'],
];

const PLACES: readonly (readonly [place: string, name: string, run: (given: unknown) => Promise<unknown>])[] =
  [
    ['x of fit', 'x', (given) => createTrainer().fit(given as Arrays, Y, QUIET)],
    ['y of fit', 'y', (given) => createTrainer().fit(X, given as Arrays, QUIET)],
    [
      'validationData',
      'validationData: x',
      (given) => createTrainer().fit(X, Y, { ...QUIET, validationData: [given as Arrays, Y] }),
    ],
    ['predict', 'predict: x', (given) => createTrainer().predict(given as Arrays, { verbose: 0 })],
    ['evaluate', 'evaluate: x', (given) => createTrainer().evaluate(given as Arrays, Y, { verbose: 0 })],
    ['trainOnBatch', 'x', (given) => createTrainer().trainOnBatch(given as Arrays, Y)],
    ['a batch', 'xs', (given) => createTrainer().fit((() => [{ xs: given, ys: Y }]) as BatchData, BATCHES)],
  ];

describe.each(PLACES)(
  'data that are none are refused, with what was received, in %s:',
  (_place, name, run) => {
    test.each(KINDS)('%s', async (_what, make, message) => {
      const path = name.replace(/^.*: /, '');
      expect((await caught(run(make()))).message).toBe(
        `KEEPFIT_INVALID_DATA: ${name} ${message.replace('NAME', path)}`,
      );
    });
  },
);

test('null as the weights of validationData', async () => {
  const validationData = [X, Y, null] as unknown as [Arrays, Arrays];
  expect((await caught(createTrainer().fit(X, Y, { ...QUIET, validationData }))).message).toMatch(
    /^KEEPFIT_INVALID_DATA: validationData: sampleWeight must be a tensor.*, not null$/,
  );
});

test('one batch or batches in the place of arrays', async () => {
  const trainer = createTrainer();
  expect((await caught(trainer.fit({ xs: X, ys: Y } as never, Y, QUIET))).message).toBe(
    'KEEPFIT_INVALID_DATA: x is one batch { xs, ys }; give its parts as x and y, or a function that returns a list of batches',
  );
  expect((await caught(trainer.fit([{ xs: X, ys: Y }] as never, QUIET as never))).message).toMatch(
    /x is a list of batches; give a dataset without the list, and batches by a function that returns the list/,
  );
});

test('a class as a factory of batches', async () => {
  expect((await caught(createTrainer().fit(Rows as unknown as BatchData, BATCHES))).message).toBe(
    'KEEPFIT_INVALID_DATA: batches are given as the class Rows; give an object of it, or a function that returns one',
  );
});

test('a list of tensors that are the rows of one input', async () => {
  const rows = [tf.tensor1d([1, 2]), tf.tensor1d([3, 4])];
  const trainer = createTrainer({ inputNames: ['pixels'] });
  expect((await caught(trainer.fit(rows, Y, QUIET))).message).toBe(
    'KEEPFIT_INVALID_DATA: x is a list of 2 arrays, and the model has 1 inputs (pixels); give one array each. Join tensors that are the rows of one array with tf.stack',
  );
});

test('batches whose tensors were trained before', async () => {
  const batches = [1, 2].map(() => ({ xs: tf.tensor2d(X), ys: tf.tensor1d(Y) }));
  expect((await caught(createTrainer().fit(() => batches, { ...BATCHES, epochs: 2 }))).message).toMatch(
    /^KEEPFIT_INVALID_DATA: xs is a tensor that is disposed; .*make new ones for each pass/,
  );
});

test('what a batch of a class holds beside its parts is not disposed', async () => {
  const kept = tf.tensor1d([1]);
  class Owner {
    readonly tensor = kept;
  }
  class Batch {
    readonly owner = new Owner();
    readonly xs = X;
    readonly ys = Y;
    constructor() {
      Object.assign(this.owner, { self: this.owner });
    }
  }
  await createTrainer().predict((() => [new Batch()]) as never, { verbose: 0, steps: 1 });
  expect(kept.isDisposed).toBe(false);
});

describe('weights of samples may be a typed array', () => {
  test.each([
    ['Float32Array', Float32Array.of(1, 0)],
    ['Float64Array', Float64Array.of(1, 0)],
    ['Uint8Array', Uint8Array.of(1, 0)],
  ])('%s', async (_name, sampleWeight) => {
    const listed = await createTrainer().fit(X, Y, { ...QUIET, sampleWeight: [1, 0] });
    const given = { ...QUIET, sampleWeight: sampleWeight as never };
    expect((await createTrainer().fit(X, Y, given)).history).toEqual(listed.history);
    const batches = (() => [{ xs: X, ys: Y, sampleWeights: sampleWeight }]) as unknown as BatchData;
    expect((await createTrainer().fit(batches, BATCHES)).history).toEqual(listed.history);
  });

  test('but not of bigints', async () => {
    const sampleWeight = BigInt64Array.of(1n, 0n) as never;
    expect((await caught(createTrainer().fit(X, Y, { ...QUIET, sampleWeight }))).message).toMatch(
      /sampleWeight must be .*its data is a BigInt64Array/,
    );
  });
});

function createTrainer(names: Partial<Model> = {}): Trainer {
  const slope = tf.variable(tf.scalar(0.5));
  const model: Model = {
    weights: [{ name: 'slope', variable: slope, trainable: true }],
    call: (x) => tf.mul(tf.mean(x as tf.Tensor, 1), slope),
    ...names,
  };
  return new Trainer(model, { optimizer: tf.train.sgd(0.01), loss: 'mse' });
}
