import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { getLoss, type LossName } from '../../src/losses/get-loss.js';
import { lossTable } from '../../src/losses/loss-table.js';
import { sparseCategoricalCrossentropy } from '../../src/losses/sparse-categorical-crossentropy.js';
import { reduceLoss, weightedMean } from '../../src/losses/weighted-mean.js';

beforeAll(() => tf.setBackend('cpu'));

const numbers = (tensor: tf.Tensor): number[] => [...tensor.dataSync()];
const valueOf = (name: string, yTrue: tf.Tensor, yPred: tf.Tensor): number =>
  numbers(weightedMean(getLoss(name as LossName)(yTrue, yPred)))[0]!;

/** Losses of class numbers. */
const takesClasses = (name: string): boolean => /sparse|generalized|circle/.test(name);
/** Targets and predictions of two samples, of the shapes that a loss takes. */
function sampleFor(name: string, dtype?: 'int32'): [yTrue: tf.Tensor, yPred: number[][]] {
  const labels = [
    [1, 0],
    [0, 1],
  ];
  const yPred = [
    [0.4, 0.6],
    [0.5, 0.5],
  ];
  return [takesClasses(name) ? tf.tensor1d([0, 1]) : tf.tensor2d(labels, undefined, dtype), yPred];
}
/** CTC takes predictions of each step: here one of two. */
const predictionsFor = (name: string, yPred: number[][]): tf.Tensor =>
  name === 'ctc' ? tf.tensor3d(yPred.map((row) => [row, row])) : tf.tensor2d(yPred);

test('any spelling names the same loss', () => {
  const [yTrue, yPred] = [tf.tensor2d([[0.2, 0.8]]), tf.tensor2d([[0.5, 0.4]])];
  const spellings = {
    mean_squared_error: ['MeanSquaredError', 'meanSquaredError', 'mse', 'MSE'],
    mean_absolute_error: ['MeanAbsoluteError', 'mae', 'MAE'],
    mean_absolute_percentage_error: ['mape', 'MAPE'],
    mean_squared_logarithmic_error: ['msle', 'MSLE'],
    kl_divergence: [
      'KLDivergence',
      'klDivergence',
      'kld',
      'KLD',
      'kullback_leibler_divergence',
      'kullbackLeiblerDivergence',
    ],
    log_cosh: ['LogCosh', 'logcosh'],
    binary_crossentropy: ['BinaryCrossentropy', 'bce', 'BCE'],
    huber: ['Huber', 'huber_loss'],
    cosine_similarity: ['cosineProximity'],
    categorical_hinge: ['CategoricalHinge'],
  };
  for (const [name, others] of Object.entries(spellings)) {
    for (const other of others) expect(valueOf(other, yTrue, yPred), other).toBe(valueOf(name, yTrue, yPred));
  }
});

test('a loss has the name that Keras gives it, whatever its options are', () => {
  for (const name of Object.keys(lossTable) as LossName[])
    for (const reduction of [undefined, 'sum'] as const)
      expect(getLoss(name, { ...(reduction && { reduction }) }).name).toBe(name);
});

test('an unknown loss is refused with a list of those there are', () => {
  expect(() => getLoss('mean_squared_eror' as LossName)).toThrow(
    /KEEPFIT_INVALID_OPTION.*"mean_squared_eror", did you mean "meanSquaredError"\?; there is .*meanSquaredError/,
  );
  expect(() => getLoss('toString' as LossName)).toThrow('KEEPFIT_INVALID_OPTION');
  expect(() => getLoss(undefined as unknown as LossName)).toThrow('KEEPFIT_INVALID_OPTION');
});

test('every loss refuses an argument it does not have', () => {
  for (const name of Object.keys(lossTable) as LossName[]) {
    expect(() => getLoss(name, { sharpness: 1 }), name).toThrow(/KEEPFIT_INVALID_OPTION.*sharpness/);
  }
});

test('arguments are checked when the loss is made', () => {
  expect(() => getLoss('huber', { delta: -1 })).toThrow(/delta of huber must be a positive number, not -1/);
  expect(() => getLoss('categorical_crossentropy', { labelSmoothing: 1.5 })).toThrow(/labelSmoothing/);
  expect(() => getLoss('dice', { axis: 'last' })).toThrow(/axis of dice/);
});

test('targets may be int32 or bool', () => {
  const yPred = tf.tensor2d([[0.3], [0.9]]);
  for (const name of Object.keys(lossTable).filter((each) => !takesClasses(each) && each !== 'ctc')) {
    const wanted = valueOf(name, tf.tensor2d([[0], [1]]), yPred);
    expect(valueOf(name, tf.tensor2d([[0], [1]], undefined, 'int32'), yPred), name).toBe(wanted);
    expect(valueOf(name, tf.tensor2d([[false], [true]], undefined, 'bool'), yPred), name).toBe(wanted);
  }
});

test('targets [n] of predictions [n, 1] are not broadcast', () => {
  const yPred = tf.tensor2d([[1], [2], [3]]);
  expect(numbers(getLoss('mse')(tf.tensor1d([1, 2, 3]), yPred))).toEqual([0, 0, 0]);
  expect(numbers(getLoss('mse')(tf.tensor1d([1, 2, 5]), tf.tensor1d([1, 2, 3])))).toEqual([0, 0, 4]);
  expect(getLoss('mse')(tf.zeros([4, 2]), tf.ones([4, 2, 1])).shape).toEqual([4, 2]);
  expect(getLoss('mse')(tf.zeros([4, 2, 1]), tf.ones([4, 2])).shape).toEqual([4]);
});

test('targets and predictions that do not match are refused', () => {
  expect(() => getLoss('mse')(tf.zeros([4, 2]), tf.zeros([4, 3]))).toThrow(
    /KEEPFIT_INVALID_DATA.*\[4,2\] and \[4,3\]/,
  );
  expect(() => getLoss('mse')(tf.zeros([3]), tf.zeros([4, 3]))).toThrow('KEEPFIT_INVALID_DATA');
  expect(() => getLoss('categoricalCrossentropy')(tf.zeros([4]), tf.zeros([4, 3]))).toThrow(
    'KEEPFIT_INVALID_DATA',
  );
  expect(() => sparseCategoricalCrossentropy()(tf.zeros([4, 3]), tf.zeros([4, 3]))).toThrow(
    /KEEPFIT_INVALID_DATA.*categorical/,
  );
  expect(() => sparseCategoricalCrossentropy()(tf.zeros([4]), tf.zeros([4, 1]))).toThrow(/two classes/);
});

test('one target a sample stands for several predictions in losses of differences', () => {
  const yPred = tf.tensor2d([
    [1, 2],
    [3, 5],
  ]);
  for (const yTrue of [tf.tensor1d([1, 3]), tf.tensor2d([[1], [3]])])
    expect(numbers(getLoss('mse')(yTrue, yPred))).toEqual([0.5, 2]);
});

test('class numbers may be [batch], [batch, 1] or [batch, time]', () => {
  const loss = sparseCategoricalCrossentropy({ fromLogits: true });
  const logits = tf.tensor2d([
    [1, 2, 3],
    [3, 1, 2],
  ]);
  const wanted = numbers(loss(tf.tensor1d([2, 0], 'int32'), logits));
  expect(numbers(loss(tf.tensor2d([[2], [0]]), logits))).toEqual(wanted);
  expect(numbers(loss(tf.tensor2d([[2, 0]]), tf.reshape(logits, [1, 2, 3])))).toEqual(wanted);
  expect(loss(tf.zeros([4, 2, 1]), tf.zeros([4, 2, 3])).shape).toEqual([4, 2]);
});

test('a class number that is no class gives NaN, not a perfect loss', () => {
  const values = numbers(
    sparseCategoricalCrossentropy()(tf.tensor1d([0, 3, -1], 'int32'), tf.fill([3, 3], 1 / 3)),
  );
  expect(values.map(Number.isNaN)).toEqual([false, true, true]);
});

test('a NaN prediction makes the loss NaN', () => {
  for (const name of Object.keys(lossTable) as LossName[]) {
    const [yTrue, [, last]] = sampleFor(name) as [tf.Tensor, [number[], number[]]];
    expect(valueOf(name, yTrue, predictionsFor(name, [[Number.NaN, 0.5], last])), name).toBeNaN();
  }
});

test('crossentropies stay finite for extreme logits and saturated probabilities', () => {
  const labels = tf.tensor2d([
    [1, 0],
    [0, 1],
  ]);
  for (const name of [
    'binary_crossentropy',
    'categorical_crossentropy',
    'binary_focal_crossentropy',
    'categorical_focal_crossentropy',
  ] as const) {
    const logits = getLoss(name, { fromLogits: true })(
      labels,
      tf.tensor2d([
        [-500, 500],
        [300, -300],
      ]),
    );
    expect(numbers(logits).every(Number.isFinite), name).toBe(true);
    expect(
      numbers(
        getLoss(name)(
          labels,
          tf.tensor2d([
            [0, 1],
            [1, 0],
          ]),
        ),
      ).every(Number.isFinite),
      name,
    ).toBe(true);
  }
  const confident = getLoss('binary_crossentropy', { fromLogits: true })(
    tf.tensor2d([[1]]),
    tf.tensor2d([[10]]),
  );
  expect(numbers(confident)[0]).toBeCloseTo(4.5398899e-5, 9);
});

// Keras 3.15.1 gives these numbers on TensorFlow, but for NaN as the gradient of a gamma below 1.
test('the binary focal crossentropy of large logits is exact, and so is its gradient', () => {
  const logits = tf.tensor2d([[20], [-20], [100], [-100], [10_000]]);
  for (const gamma of [0, 0.5, 2]) {
    const loss = getLoss('binary_focal_crossentropy', { fromLogits: true, gamma });
    const valuesAt = (yPred: tf.Tensor) => loss(tf.zeros([5, 1]), yPred);
    expectNear(numbers(valuesAt(logits)), [20, 0, 100, 0, 10_000]);
    expectNear(numbers(tf.grad(valuesAt)(logits)), [1, 0, 1, 0, 1]);
  }
});

test('classes that are masked by -Infinity, and samples that are ignored, leave the others finite', () => {
  const loss = sparseCategoricalCrossentropy({ fromLogits: true, ignoreClass: -1, reduction: 'sum' });
  const valuesAt = (yPred: tf.Tensor) => loss(tf.tensor1d([1, -1]), yPred);
  const logits = tf.tensor2d([
    [-Infinity, 0, 1],
    [Number.NaN, 0, 1],
  ]);
  expectNear(numbers(valuesAt(logits)), [1.3132616, 0]);
  expectNear(numbers(tf.grad(valuesAt)(logits)), [0, -0.7310586, 0.7310586, 0, 0, 0]);
});

test('circle is 0 in a batch of one class, and of many classes, however long the embeddings are', () => {
  const embeddings = tf.tensor2d([
    [1000, 0],
    [-600, 800],
  ]);
  for (const labels of [
    [1, 1],
    [1, 2],
  ])
    expect(numbers(getLoss('circle')(tf.tensor1d(labels), embeddings))).toEqual([0, 0]);
  expect(numbers(getLoss('circle')(tf.tensor1d([1, 1]), tf.fill([2, 2], Number.NaN)))).toEqual([NaN, NaN]);
});

test('a loss leaves nothing behind but its value', () => {
  for (const name of Object.keys(lossTable) as LossName[]) {
    const [yTrue, rows] = sampleFor(name, 'int32');
    const yPred = predictionsFor(name, rows);
    const before = tf.memory().numTensors;
    const value = getLoss(name)(yTrue, yPred);
    expect(tf.memory().numTensors, name).toBe(before + 1);
    tf.dispose([yTrue, yPred, value]);
  }
});

test('the weighted mean divides by the number of values', () => {
  const values = tf.tensor2d([
    [1, 2],
    [3, 4],
    [5, 6],
  ]);
  const mean = (weights?: tf.Tensor): number => numbers(weightedMean(values, weights))[0]!;
  expect(mean()).toBeCloseTo(3.5);
  expect(mean(tf.tensor1d([1, 0, 2]))).toBeCloseTo((3 + 22) / 6);
  expect(mean(tf.tensor2d([[1], [0], [2]], undefined, 'int32'))).toBeCloseTo((3 + 22) / 6);
  expect(
    mean(
      tf.tensor2d([
        [1, 0],
        [0, 0],
        [0, 2],
      ]),
    ),
  ).toBeCloseTo((1 + 12) / 6);
  expect(mean(tf.zeros([3]))).toBe(0);
});

test('the weighted mean of a loss that is a mean already is that mean times the mean weight', () => {
  expect(numbers(weightedMean(tf.scalar(3), tf.tensor1d([1, 0, 2])))).toEqual([3]);
  expect(numbers(weightedMean(tf.scalar(3), tf.tensor1d([0, 0, 1])))[0]).toBeCloseTo(1);
});

// Keras 3.15.1 gives these numbers for Dice and a mask of the outputs.
test('a scalar keeps its value under a mask, is weighted by what is unmasked, and is 0 if nothing is', () => {
  const mask = tf.tensor2d([
    [1, 0],
    [1, 1],
  ]);
  const reduce = (...rest: [weights?: tf.Tensor, mask?: tf.Tensor]) =>
    numbers(reduceLoss(tf.scalar(6), 'sum_over_batch_size', ...rest))[0];
  expect(reduce(undefined, mask)).toBeCloseTo(6);
  expect(reduce(undefined, tf.zerosLike(mask))).toBe(0);
  expect(reduce(tf.mul(mask, 2), mask)).toBeCloseTo(12);
  // One sample of weight 1 with one step, one of weight 4 with two.
  expect(reduce(tf.tensor1d([1, 4]), mask)).toBeCloseTo((6 * (1 + 4 + 4)) / 3);
});

test('weights that do not fit the samples are refused', () => {
  expect(() => weightedMean(tf.zeros([3, 2]), tf.ones([2]))).toThrow(/KEEPFIT_INVALID_DATA.*\[2\].*\[3,2\]/);
  expect(() => weightedMean(tf.zeros([3]), tf.ones([3, 2]))).toThrow('KEEPFIT_INVALID_DATA');
  expect(() => weightedMean(tf.zeros([3]), tf.ones([1]))).toThrow('KEEPFIT_INVALID_DATA');
});

function expectNear(values: readonly number[], wanted: readonly number[]): void {
  expect(values).toHaveLength(wanted.length);
  for (const [index, value] of values.entries()) expect(value).toBeCloseTo(wanted[index]!, 5);
}
