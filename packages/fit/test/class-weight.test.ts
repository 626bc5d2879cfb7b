import { cpuBackend } from '@keepfit/backend-cpu';
import { BackupAndRestore } from '@keepfit/callbacks';
import {
  type Arrays,
  type ClassWeight,
  type FitOptions,
  type LossFunction,
  type Model,
  Trainer,
  useBackend,
  type LossName,
} from '@keepfit/fit';
import { categoricalGeneralizedCrossEntropy, sparseCategoricalCrossentropy } from '@keepfit/fit/losses';
import { memoryStore } from '@keepfit/store-memory';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { caught } from './helpers/caught.js';
import { throwAt } from './helpers/throw-at.js';

const LABELS = [0, 1, 2, 1, 0, 2, 1, 1];
const SAMPLES = LABELS.length;
const WEIGHTS = { 1: 3, 2: 0.5 };
/** What `WEIGHTS` give these samples. */
const PER_SAMPLE = [1, 3, 0.5, 3, 1, 0.5, 3, 3];

beforeAll(() => useBackend(cpuBackend()));
beforeEach(() => void vi.spyOn(console, 'warn').mockImplementation(() => {}));
afterEach(() => void vi.restoreAllMocks());

describe('the loss of each sample is multiplied by the weight of its class', () => {
  const oneHot = LABELS.map((label) => [0, 1, 2].map((column) => Number(column === label)));

  test.each<[name: string, y: Arrays, loss: LossName]>([
    ['int32 [n]', { data: Int32Array.from(LABELS), shape: [SAMPLES] }, 'sparseCategoricalCrossentropy'],
    ['int32 [n, 1]', { data: Int32Array.from(LABELS), shape: [SAMPLES, 1] }, 'sparseCategoricalCrossentropy'],
    ['float32 [n]', LABELS, 'sparseCategoricalCrossentropy'],
    ['float32 [n, 1]', LABELS.map((label) => [label]), 'sparseCategoricalCrossentropy'],
    ['uint8 [n]', { data: Uint8Array.from(LABELS), shape: [SAMPLES] }, 'sparseCategoricalCrossentropy'],
    ['one-hot float32', oneHot, 'categoricalCrossentropy'],
    [
      'one-hot int32',
      { data: Int32Array.from(oneHot.flat()), shape: [SAMPLES, 3] },
      'categoricalCrossentropy',
    ],
    [
      'one-hot uint8',
      { data: Uint8Array.from(oneHot.flat()), shape: [SAMPLES, 3] },
      'categoricalCrossentropy',
    ],
  ])('%s', async (_name, y, loss) => {
    const byClass = await train(y, { classWeight: WEIGHTS }, loss);
    expect(byClass).toEqual(await train(y, { sampleWeight: PER_SAMPLE }, loss));
    expect(byClass).not.toEqual(await train(y, {}, loss));
    expect(console.warn).not.toHaveBeenCalled();
  });

  test.each<[name: string, y: Arrays | (() => Arrays)]>([
    ['[n]', { data: Float32Array.from(LABELS, isOne), shape: [SAMPLES] }],
    ['[n, 1]', LABELS.map((label) => [isOne(label)])],
    ['[n, 1] of bool', () => tf.tensor2d(LABELS.map(isOne), [SAMPLES, 1], 'bool')],
  ])('binary targets %s', async (_name, given) => {
    const y = typeof given === 'function' ? given() : given;
    const sampleWeight = LABELS.map((label) => (label === 1 ? 3 : 1));
    const byClass = await train(y, { classWeight: { 1: 3 } }, 'binaryCrossentropy', 1);
    expect(byClass).toEqual(await train(y, { sampleWeight }, 'binaryCrossentropy', 1));
  });

  test.each<[name: string, loss: LossFunction | LossName]>([
    ['a crossentropy by name', 'sparseCategoricalCrossentropy'],
    ['a crossentropy with options', sparseCategoricalCrossentropy({ ignoreClass: 2 })],
    ['a generalized crossentropy by name', 'categoricalGeneralizedCrossEntropy'],
    ['a generalized crossentropy with options', categoricalGeneralizedCrossEntropy({ q: 0.3 })],
  ])('class numbers of time steps that look like one-hot rows: %s', async (_name, loss) => {
    const y = LABELS.map((label) => [isOne(label), 1 - isOne(label)]);
    const sampleWeight = tf.tensor2d(y.map((row) => row.map((label) => (label === 1 ? 3 : 1))));
    const byClass = await trainSteps(y, { classWeight: { 1: 3 } }, loss);
    expect(byClass).toEqual(await trainSteps(y, { sampleWeight }, loss));
    expect(byClass).not.toEqual(await trainSteps(y, {}, loss));
  });

  test.each<[name: string, classWeight: ClassWeight]>([
    [
      'a Map',
      new Map([
        [1, 3],
        [2, 0.5],
      ]),
    ],
    ['a record with text as keys', { '1': 3, '2': 0.5 }],
    ['a record without a prototype', Object.assign(Object.create(null) as object, WEIGHTS)],
    ['a list by class', [1, 3, 0.5]],
    ['a typed array by class', Float32Array.of(1, 3, 0.5)],
  ])('as %s', async (_name, classWeight) => {
    expect(await train(LABELS, { classWeight })).toEqual(await train(LABELS, { sampleWeight: PER_SAMPLE }));
  });

  test('and by the weight that the sample has', async () => {
    const sampleWeight = [1, 2, 3, 4, 5, 6, 7, 8];
    const both = sampleWeight.map((weight, row) => weight * PER_SAMPLE[row]!);
    expect(await train(LABELS, { classWeight: WEIGHTS, sampleWeight })).toEqual(
      await train(LABELS, { sampleWeight: both }),
    );
  });

  test('but not in validation, whose rows are not read', async () => {
    const odd = [...LABELS.slice(0, 6), -1, 2.5];
    const y = { data: Float32Array.from(odd), shape: [SAMPLES] };
    const [byClass, bySample] = [
      await history(y, { validationSplit: 0.25, classWeight: WEIGHTS }),
      await history(y, { validationSplit: 0.25, sampleWeight: [...PER_SAMPLE.slice(0, 6), 1, 1] }),
    ];
    expect(byClass).toEqual(bySample);
  });

  test('in trainOnBatch and testOnBatch', async () => {
    const one = async (options: object) => {
      const trainer = createTrainer();
      const tested = await trainer.testOnBatch(inputs(), LABELS, options);
      return [tested, await trainer.trainOnBatch(inputs(), LABELS, options), weightsOf(trainer)];
    };
    expect(
      await one({ classWeight: new Map(Object.entries(WEIGHTS).map(([k, v]) => [Number(k), v])) }),
    ).toEqual(await one({ sampleWeight: PER_SAMPLE }));
  });
});

describe('targets from which the class of a sample cannot be read are refused', () => {
  const of = (shape: number[], value = 0): Arrays => ({
    data: new Float32Array(tf.util.sizeFromShape(shape)).fill(value),
    shape,
  });

  test.each<[name: string, y: Arrays, why: RegExp]>([
    [
      'a one-hot row for each step, one without a class',
      of([SAMPLES, 4, 2]),
      /y\[0\]\[0\] is all 0, which is no one-hot row/,
    ],
    [
      'a class number for each step',
      of([SAMPLES, 4, 1], 0.5),
      /y\[0\]\[0\] is 0.5, which is no class number/,
    ],
    ['a row for each pixel', of([SAMPLES, 2, 2, 3]), /y\[0\]\[0\]\[0\] is all 0, which is no one-hot row/],
    [
      'several ones in a row',
      [...LABELS.slice(1).map(() => [1, 0, 0]), [0, 1, 1]],
      /y\[7\] is \[0,1,1\], which is no one-hot row/,
    ],
    ['a row of zeros', of([SAMPLES, 3]), /y\[0\] is all 0, which is no one-hot row/],
    [
      'probabilities',
      LABELS.map(() => [0.25, 0.75, 0]),
      /y\[0\] is \[0.25,0.75,0\], which is no one-hot row/,
    ],
    ['smoothed labels', LABELS.map(() => [0, 0.9, 0]), /y\[0\] is .*, which is no one-hot row/],
    ['a fraction', [0, 1, 2, 1.5, 0, 2, 1, 1], /y\[3\] is 1.5, which is no class number/],
    ['a negative number', [0, 1, 2, 1, 0, -1, 1, 1], /y\[5\] is -1, which is no class number/],
    ['NaN', [0, NaN, 2, 1, 0, 2, 1, 1], /y\[1\] is NaN, which is no class number/],
    ['several outputs', [of([SAMPLES, 1]), of([SAMPLES, 1])] as never, /the model has 2 outputs/],
  ])('%s', async (_name, y, why) => {
    const isSparse = !/one-hot row/.test(why.source);
    const loss = isSparse ? 'sparseCategoricalCrossentropy' : 'categoricalCrossentropy';
    for (const run of [
      () => createTrainer(loss).fit(inputs(), y, { verbose: 0, classWeight: { 1: 10 } }),
      () => createTrainer(loss).trainOnBatch(inputs(), y, { classWeight: { 1: 10 } }),
    ]) {
      const error = await caught(run());
      expect(error.code).toBe('KEEPFIT_INVALID_DATA');
      expect(error.message).toMatch(/classWeight of (fit|trainOnBatch) cannot be applied: /);
      expect(error.message).toMatch(why);
      expect(error.message).toMatch(/sampleWeight/);
    }
  });
});

describe('weights that are none for class numbers are refused', () => {
  test.each<[name: string, classWeight: unknown, message: RegExp]>([
    ['a name', { cat: 2 }, /has the key "cat", which is no class number/],
    ['a fraction as key', { '1.5': 2 }, /has the key "1.5"/],
    ['a negative key', { '-1': 2 }, /has the key "-1"/],
    ['a key with a zero before it', { '01': 2 }, /has the key "01"/],
    ['a name in a Map', new Map([['cat', 2]]), /has the key "cat"/],
    [
      'a class twice',
      new Map<unknown, number>([
        [1, 2],
        ['1', 3],
      ]),
      /gives class 1 two weights/,
    ],
    ['a fraction in a Map', new Map([[0.5, 2]]), /has the key 0.5/],
    [
      'a class beyond the one-hot rows',
      { 3: 2 },
      /weights class 3, and the one-hot targets have the classes 0 to 2/,
    ],
    ['NaN', { 1: NaN }, /gives class 1 the weight NaN; give a finite number from 0/],
    ['Infinity', { 1: Infinity }, /gives class 1 the weight Infinity/],
    ['a negative weight', { 1: -2 }, /gives class 1 the weight -2/],
    ['text', { 1: '2' }, /gives class 1 the weight "2"/],
    ['nothing', { 1: undefined }, /gives class 1 the weight undefined/],
    ['a Set', new Set([1, 2]), /must be a record or a Map of weights by class number.*, not a Set/],
    ['a string', 'balanced', /must be a record or a Map .*, not "balanced"/],
    ['null', null, /must be a record or a Map .*, not null/],
    ['a number', 3, /must be a record or a Map .*, not 3/],
  ])('%s', async (_name, classWeight, message) => {
    const y = LABELS.map((label) => [0, 1, 2].map((column) => Number(column === label)));
    const options = { classWeight: classWeight as ClassWeight };
    for (const run of [
      () => createTrainer('categoricalCrossentropy').fit(inputs(), y, { verbose: 0, ...options }),
      () => createTrainer('categoricalCrossentropy').trainOnBatch(inputs(), y, options),
    ]) {
      const error = await caught(run());
      expect(error.message).toMatch(/^KEEPFIT_INVALID_OPTION: classWeight of (fit|trainOnBatch) /);
      expect(error.message).toMatch(message);
    }
  });
});

describe('weights that met no sample', () => {
  test.each<[name: string, classWeight: ClassWeight]>([
    ['of a class that no sample has', { 7: 10 }],
    ['of no class', {}],
    ['of no class, as a Map', new Map()],
  ])('%s: one warning', async (_name, classWeight) => {
    await train(LABELS, { classWeight, epochs: 3 });
    expect(console.warn).toHaveBeenCalledTimes(1);
    expect(console.warn).toHaveBeenCalledWith(
      expect.stringMatching(/classWeight of fit has no effect: none of the 8 samples has a class/),
    );
  });

  test('of a class that only validation has: one warning', async () => {
    await train([0, 0, 0, 0, 0, 0, 1, 1], { classWeight: { 1: 5 }, validationSplit: 0.25 });
    expect(console.warn).toHaveBeenCalledTimes(1);
  });

  test('in the batches of one trainer: one warning', async () => {
    const trainer = createTrainer();
    for (let batch = 0; batch < 3; batch++)
      await trainer.trainOnBatch(inputs(), LABELS, { classWeight: { 7: 10 } });
    expect(console.warn).toHaveBeenCalledTimes(1);
  });
});

test('a run continues with a Map of the same weights, and not with others', async () => {
  const store = memoryStore();
  const backup = () => new BackupAndRestore(store, { saveFreq: 1 });
  const whole = await train(LABELS, { classWeight: WEIGHTS });
  await caught(
    train(LABELS, {
      classWeight: WEIGHTS,
      callbacks: [backup(), throwAt({ hook: 'onTrainBatchEnd', call: 2 })],
    }),
  );
  const error = await caught(train(LABELS, { classWeight: new Map([[1, 4]]), callbacks: [backup()] }));
  expect(error.message).toMatch(/KEEPFIT_CHECKPOINT_MISMATCH[^]*classWeight\["1"\]: saved 3, now 4/);
  const byMap = new Map([
    [2, 0.5],
    [1, 3],
  ]);
  expect(await train(LABELS, { classWeight: byMap, callbacks: [backup()] })).toEqual(whole);
});

function isOne(label: number): number {
  return Number(label === 1);
}

function inputs(): Arrays {
  return { data: Float32Array.from({ length: SAMPLES * 2 }, (_, i) => Math.sin(1 + i)), shape: [SAMPLES, 2] };
}

/** The weights after a training of three classes at each of two time steps. */
async function trainSteps(y: Arrays, options: FitOptions, loss: LossFunction | LossName): Promise<number[]> {
  const kernel = tf.variable(tf.ones([2, 6]));
  const trainer = new Trainer(
    {
      weights: [{ name: 'kernel', variable: kernel, trainable: true }],
      call: (x) => tf.softmax(tf.reshape(tf.matMul(x as tf.Tensor2D, kernel as tf.Tensor2D), [-1, 2, 3])),
    },
    { optimizer: tf.train.sgd(0.1), loss },
  );
  await trainer.fit(inputs(), y, { epochs: 1, seed: 1, verbose: 0, ...options });
  return weightsOf(trainer);
}

function createTrainer(loss: LossName = 'sparseCategoricalCrossentropy', units = 3): Trainer {
  const values = Array.from({ length: 2 * units }, (_, i) => Math.cos(i));
  const kernel = tf.variable(tf.tensor2d(values, [2, units]));
  const model: Model = {
    weights: [{ name: 'kernel', variable: kernel, trainable: true }],
    call: (x) => {
      const logits = tf.matMul(x as tf.Tensor2D, kernel as tf.Tensor2D);
      return units === 1 ? tf.sigmoid(logits) : tf.softmax(logits);
    },
  };
  return new Trainer(model, { optimizer: tf.train.sgd(0.1), loss });
}

/** The weights and the losses of a training. */
async function train(
  y: Arrays,
  options: FitOptions,
  loss?: LossName,
  units?: number,
): Promise<{ weights: number[]; loss: unknown }> {
  const trainer = createTrainer(loss, units);
  await trainer.fit(inputs(), y, { batchSize: 3, epochs: 2, seed: 1, verbose: 0, ...options });
  return { weights: weightsOf(trainer), loss: trainer.history.history['loss'] };
}

/** The losses of a regression, whose targets may be any numbers. */
async function history(y: Arrays, options: FitOptions): Promise<unknown> {
  const trainer = createTrainer('mse', 1);
  await trainer.fit(inputs(), y, { batchSize: 3, epochs: 2, seed: 1, verbose: 0, ...options });
  return trainer.history.history;
}

function weightsOf({ model }: Trainer): number[] {
  return model.weights.flatMap(({ variable }) => [...variable.dataSync()]);
}
