import { cpuBackend } from '@keepfit/backend-cpu';
import { type BatchContext, type BatchData, type DatasetLike, useBackend } from '@keepfit/fit';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { caught } from './helpers/caught.js';
import {
  batches,
  calls,
  linearTrainer,
  type Program,
  proveExact,
  rows,
  trainLinear,
} from './helpers/train-linear.js';

beforeAll(() => useBackend(cpuBackend()));

const BATCHES = 4;

const row = (x: number, y: number) => ({ xs: [[x, 1]], ys: [[y]] });

/** Augmented batches, whose values differ from pass to pass. */
function* augmented({ epoch, random }: BatchContext) {
  for (let batch = 0; batch < BATCHES; batch++) yield row(batch + random(), epoch);
}

/** A dataset whose map draws from the random numbers of the pass, and which is shuffled anew in each pass. */
function augmentedDataset({ random }: BatchContext): DatasetLike {
  return rows(0, 16)
    .shuffle(16, `${random()}`)
    .map(({ xs, ys }) => ({ xs: xs.map((value) => value + random()), ys }))
    .batch(4) as unknown as DatasetLike;
}

const factories: Readonly<Record<string, BatchData>> = {
  'an iterable': augmented,
  'a list': (context) => [...augmented(context)],
  'an async iterable': async function* (context) {
    for (const batch of augmented(context)) yield await Promise.resolve(batch);
  },
  'a promise of a list': async (context) => [...augmented(context)],
  'a promise of an iterable': async (context) => augmented(context),
  'a dataset': augmentedDataset,
  'a promise of a dataset': async (context) => augmentedDataset(context),
};

describe.each(Object.entries(factories))('a factory that returns %s', (_what, factory) => {
  test('is continued exactly, its augmentation included', async () => {
    const program: Program = (callbacks) =>
      trainLinear(factory, { validationData: factory, callbacks: [...callbacks] });
    await proveExact(
      program,
      [1, 4, 5, 8, 10, 12].map((call) => ({ hook: 'onTrainBatchEnd', call })),
    );
  });

  test('gives other batches in each pass, which the seed decides', async () => {
    const [one, same, other] = [3, 3, 4].map((seed) => trainLinear(factory, { seed }));
    expect(await one).toEqual(await same);
    expect((await one)!.history).not.toEqual((await other)!.history);
  });
});

test('the factory is given the pass and random numbers; one for validation is given pass 0 each time', async () => {
  const contexts: [string, BatchContext][] = [];
  const note = (name: string): BatchData => {
    return (...given) => {
      expect(given).toHaveLength(1);
      contexts.push([name, given[0]]);
      return [row(1, 1)];
    };
  };
  const trainer = linearTrainer();
  await trainLinear(note('training'), { epochs: 2, validationData: note('validation') }, trainer);
  await trainer.evaluate(note('evaluate'), { verbose: 0 });
  tf.dispose(await trainer.predict(note('predict'), { verbose: 0 }));
  expect(contexts.map(([name, { epoch }]) => [name, epoch])).toEqual([
    ['training', 0],
    ['validation', 0],
    ['training', 1],
    ['validation', 0],
    ['evaluate', 0],
    ['predict', 0],
  ]);
  const numbers = contexts.map(([, { random }]) => random());
  expect(numbers.every((number) => number >= 0 && number < 1)).toBe(true);
  expect(numbers[1]).toBe(numbers[3]);
  expect(numbers[0]).not.toBe(numbers[2]);
});

test.each([
  ['is not trained to its end', { epochs: 2, stepsPerEpoch: 1 }],
  ['is trained to its end', { epochs: 2 }],
])('a dataset that a factory makes is closed when it %s', async (_what, options) => {
  let open = 0;
  const factory: BatchData = () => ({
    async iterator() {
      open += 1;
      let left = 2;
      return {
        next: async () => ({ done: left-- === 0, value: { xs: tf.ones([1, 2]), ys: tf.ones([1, 1]) } }),
        return: () => void (open -= 1),
      };
    },
  });
  await trainLinear(factory, { ...options, validationData: factory, validationSteps: 1 });
  expect(open).toBe(0);
});

test.each<[string, unknown, string]>([
  ['nothing', undefined, 'undefined'],
  ['null', null, 'null'],
  ['a number', 7, '7'],
  ['a text', 'batches', '"batches"'],
  ['one batch', row(1, 1), '{"xs":[[1,1]],"ys":[[1]]}'],
  ['a typed array', new Float32Array(3), 'a Float32Array'],
  ['a promise of nothing', Promise.resolve(undefined), 'undefined'],
  ['a function', () => [], 'a function'],
])(
  'a factory that returns %s is refused, and the message says what was received',
  async (_what, made, said) => {
    const factory = (() => made) as unknown as BatchData;
    const errors = [
      await caught(trainLinear(factory, {})),
      await caught(trainLinear(() => [row(1, 1)], { validationData: factory })),
      await caught(linearTrainer().evaluate(factory, { verbose: 0 })),
    ];
    for (const error of errors)
      expect(error.message).toContain(
        `KEEPFIT_INVALID_DATA: the factory of batches must return an iterable, an async iterable, a dataset, or a promise of one of these, and returned ${said}`,
      );
  },
);

test('what batchesFrom returns is checked too', async () => {
  const seekable = { batchesFrom: () => row(1, 1) } as unknown as BatchData;
  expect((await caught(trainLinear(seekable, {}))).message).toContain(
    'KEEPFIT_INVALID_DATA: batchesFrom must return an iterable or an async iterable, and returned',
  );
});

test('a factory that rejects ends fit with its error', async () => {
  const failing: BatchData = () => Promise.reject(new RangeError('no such file'));
  expect(await caught(trainLinear(failing, {}))).toBeInstanceOf(RangeError);
});

test('a factory may return the same shuffled dataset each time', async () => {
  const program: Program = (callbacks) => {
    const dataset = batches(rows(0, 16).shuffle(16, '8').batch(4)) as DatasetLike;
    return trainLinear(() => dataset, { callbacks: [...callbacks] });
  };
  await proveExact(program, calls('onTrainBatchEnd', 3 * BATCHES));
});
