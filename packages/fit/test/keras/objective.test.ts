import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { cpuBackend } from '@keepfit/backend-cpu';
import { BackupAndRestore, type CallbackHooks } from '@keepfit/callbacks';
import {
  type ClassWeight,
  type FitOptions,
  type MetricOption,
  type Model,
  type Reduction,
  type SampleWeights,
  Trainer,
  useBackend,
} from '@keepfit/fit';
import { binaryCrossentropy, meanSquaredError, sparseCategoricalCrossentropy } from '@keepfit/fit/losses';
import { precision, rootMeanSquaredError } from '@keepfit/fit/metrics';
import { memoryStore } from '@keepfit/store-memory';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { caught } from '../helpers/caught.js';
import { throwAt } from '../helpers/throw-at.js';

type Names = readonly string[] | Readonly<Record<string, readonly string[]>>;

interface KerasCase {
  readonly kind: 'one' | 'steps' | 'masked' | 'two' | 'classes' | 'binary';
  readonly loss: 'mse' | 'ignoring' | 'binary';
  readonly reduction: Reduction;
  readonly sample: 'samples' | 'steps' | 'outputs' | null;
  readonly classes: ClassWeight | null;
  readonly metrics: Names | null;
  readonly weighted: Names | null;
  readonly history: Readonly<Record<string, readonly number[]>>;
  readonly weights: readonly number[];
}

/** Recorded by `scripts/recordings/objective.py`. */
const file = fileURLToPath(new URL('./objective.json', import.meta.url));
const { cases } = JSON.parse(readFileSync(file, 'utf8')) as { cases: KerasCase[] };
const [SAMPLES, STEPS] = [8, 3];

beforeAll(() => useBackend(cpuBackend()));

describe('reduces and weights as Keras does', () => {
  const name = ({ kind, loss, reduction, sample, classes, metrics, weighted }: KerasCase) =>
    JSON.stringify({ kind, loss, reduction, sample, classes, metrics, weighted });
  test.each(cases.map((each) => [name(each), each] as const))('%s', async (_name, recorded) => {
    const trainer = createTrainer(recorded);
    const [x, y] = data(recorded.kind);
    await trainer.fit(x, y, options(recorded));
    const { history } = trainer.history;
    const keys = Object.keys(history).filter((key) => isRecorded(recorded, key));
    expect(keys).toEqual(Object.keys(recorded.history));
    for (const [key, values] of Object.entries(recorded.history)) expectNear(history[key] ?? [], values);
    expectNear(weightsOf(trainer), recorded.weights);
  });
});

const weightedCases = cases.filter(({ weighted, sample }) => weighted !== null && sample !== null);

test.each(weightedCases.map((each) => [`${each.kind}, ${each.sample}`, each] as const))(
  'a crash and a resume with weights end as if nothing had happened: %s',
  async (_name, recorded) => {
    const [x, y] = data(recorded.kind);
    const whole = createTrainer(recorded);
    await whole.fit(x, y, options(recorded));
    for (const call of [2, 4]) {
      const store = memoryStore();
      const backup = () => new BackupAndRestore(store, { saveFreq: 1 });
      const crash = [backup(), throwAt({ hook: 'onTrainBatchEnd', call })];
      await caught(createTrainer(recorded).fit(x, y, { ...options(recorded), callbacks: crash }));
      const trainer = createTrainer(recorded);
      await trainer.fit(x, y, { ...options(recorded), callbacks: backup() });
      expect(weightsOf(trainer)).toEqual(weightsOf(whole));
      expect(trainer.history.history).toEqual(whole.history.history);
    }
  },
);

describe('weights of each output', () => {
  const two = cases.find(({ kind, sample, weighted }) => kind === 'two' && sample === 'outputs' && weighted)!;
  const [x, y] = data('two');
  const { sampleWeight } = options(two) as { sampleWeight: { data: Float32Array; shape: number[] }[] };
  const [a, b] = sampleWeight.map(({ data: values }) => values) as [Float32Array, Float32Array];
  const run = async (given: FitOptions) => {
    const trainer = createTrainer(two);
    await trainer.fit(x, y, { ...options(two), ...given });
    return { weights: weightsOf(trainer), history: trainer.history.history };
  };

  test('may be a record by name, typed arrays, or come in batches', async () => {
    const expected = await run({});
    const byName = { b: { data: b, shape: [SAMPLES] }, a: { data: a, shape: [SAMPLES] } };
    for (const weights of [{ a, b }, byName, { a: [...a], b: [...b] }])
      expect(await run({ sampleWeight: weights })).toEqual(expected);
    const trainer = createTrainer(two);
    const { validationData } = options(two);
    await trainer.fit(() => batches(x, y as Shaped[], { a, b }), {
      epochs: 2,
      verbose: 0,
      validationData: validationData!,
      validationBatchSize: 3,
    });
    expect({ weights: weightsOf(trainer), history: trainer.history.history }).toEqual(expected);
  });

  test('are also those of evaluate, trainOnBatch and testOnBatch', async () => {
    const trainer = createTrainer(two);
    const evaluated = await trainer.evaluate(x, y, {
      sampleWeight: { a, b },
      verbose: 0,
      batchSize: SAMPLES,
    });
    expect(await trainer.testOnBatch(x, y, { sampleWeights: { a, b } })).toEqual(evaluated);
    expect(await trainer.trainOnBatch(x, y, { sampleWeight: { a, b } })).toEqual(evaluated);
    expect(await trainer.evaluate(x, y, { sampleWeight: a, verbose: 0 })).not.toEqual(evaluated);
  });

  test.each<[name: string, weights: unknown, message: RegExp]>([
    ['a missing output', { a }, /sampleWeight must have exactly the keys a, b, and has a/],
    ['an unknown output', { a, b, c: a }, /exactly the keys a, b, and has a, b, c/],
    ['too few in a list', [{ data: a, shape: [SAMPLES] }], /a list of 1 arrays, and the model has 2 outputs/],
    ['too few samples', { a, b: b.slice(1) }, /sampleWeight has 7 samples and x has 8/],
    ['plain lists', [[...a], [...b]], /has 2 samples and x has 8.*record by output name/],
    [
      'NaN',
      { a, b: b.map((value, index) => (index === 3 ? NaN : value)) },
      /finite numbers, and its value 3 is NaN/,
    ],
    ['Infinity', a.map(() => Infinity), /finite numbers, and its value 0 is Infinity/],
    [
      'steps that the output has not',
      { data: new Float32Array(SAMPLES * 2), shape: [SAMPLES, 2] },
      /do not fit values/,
    ],
  ])('are refused: %s', async (_name, weights, message) => {
    const error = await caught(run({ sampleWeight: weights as SampleWeights }));
    expect(error.code).toBe('KEEPFIT_INVALID_DATA');
    expect(error.message).toMatch(message);
  });

  test('belong to the rows and the shapes that a checkpoint compares', async () => {
    const attempt = (given: FitOptions, callbacks: CallbackHooks[]) =>
      caught(createTrainer(two).fit(x, y, { ...options(two), ...given, callbacks }));
    const store = memoryStore();
    const backup = () => new BackupAndRestore(store, { saveFreq: 1 });
    await attempt({}, [backup(), throwAt({ hook: 'onTrainBatchEnd', call: 2 })]);
    const changed = b.map((value, index) => (index === 1 ? 9 : value));
    expect((await attempt({ sampleWeight: { a, b: changed } }, [backup()])).message).toMatch(
      /KEEPFIT_CHECKPOINT_MISMATCH[^]*data\.allRows\[4\]/,
    );
    expect((await attempt({ sampleWeight: a }, [backup()])).message).toMatch(
      /KEEPFIT_CHECKPOINT_MISMATCH[^]*data\.weights/,
    );
  });
});

describe('class weights', () => {
  const labels = [0, 1, 2, 1, 0, 2, 1, 1];
  const x = makeValues([SAMPLES, 2]);

  test('of each output, by name or as a list, are the weights of its samples', async () => {
    const y = [
      shaped(
        labels.map((label) => label % 2),
        [SAMPLES, 1],
      ),
      shaped(labels, [SAMPLES, 1]),
    ];
    const run = async (given: FitOptions) => {
      const trainer = new Trainer(createModel('two'), {
        optimizer: tf.train.sgd(0.05),
        loss: { a: 'mse', b: 'mae' },
        weightedMetrics: ['mse'],
      });
      await trainer.fit(x, y, { batchSize: 3, shuffle: false, verbose: 0, ...given });
      return { weights: weightsOf(trainer), history: trainer.history.history };
    };
    const a = labels.map((label) => (label % 2 === 1 ? 4 : 1));
    const b = labels.map((label) => (label === 2 ? 3 : 1));
    expect(await run({ classWeight: { b: { 2: 3 }, a: { 1: 4 } } })).toEqual(
      await run({ sampleWeight: { a, b } }),
    );
    expect(await run({ classWeight: [{ 1: 4 }, new Map([[2, 3]])] })).toEqual(
      await run({ sampleWeight: { a, b } }),
    );
    expect(await run({ classWeight: { a: { 1: 4 } } })).toEqual(
      await run({ sampleWeight: { a, b: labels.map(() => 1) } }),
    );
    expect(
      await run({ classWeight: { a: { 1: 4 }, b: { 2: 3 } }, sampleWeight: labels.map(() => 2) }),
    ).toEqual(await run({ sampleWeight: { a: a.map((each) => 2 * each), b: b.map((each) => 2 * each) } }));
    for (const [classWeight, message] of [
      [{ a: { 1: 4 }, c: { 1: 2 } }, /names the output "c"; the model's outputs are a, b/],
      [[{ 1: 4 }], /is a list of 1, and the model has 2 outputs/],
      [{ 1: 4 }, /the model has 2 outputs, and class weights are for one; give them by output/],
      [{ a: { cat: 4 } }, /has the key "cat", which is no class number/],
    ] as const) {
      const error = await caught(run({ classWeight: classWeight as ClassWeight }));
      expect(error.message).toMatch(message);
    }
  });

  test('of time steps, with class numbers and one-hot rows, with weights of samples and of steps', async () => {
    const steps = Array.from({ length: SAMPLES * STEPS }, (_, i) => Number(i % 3 === 0));
    const weightOf = Float32Array.from(steps, (label) => (label === 1 ? 5 : 1));
    const run = async (loss: 'binaryCrossentropy' | 'categoricalCrossentropy', given: FitOptions) => {
      const isOneHot = loss === 'categoricalCrossentropy';
      const trainer = new Trainer(createModel(isOneHot ? 'two-steps' : 'steps'), {
        optimizer: tf.train.sgd(0.05),
        loss: isOneHot ? 'categoricalCrossentropy' : binaryCrossentropy({ fromLogits: true }),
      });
      const y = isOneHot
        ? shaped(
            steps.flatMap((label) => [1 - label, label]),
            [SAMPLES, STEPS, 2],
          )
        : shaped(steps, [SAMPLES, STEPS, 1]);
      await trainer.fit(makeValues([SAMPLES, STEPS, 2]), y, { batchSize: 3, verbose: 0, seed: 1, ...given });
      return weightsOf(trainer);
    };
    const ofSteps = { data: weightOf, shape: [SAMPLES, STEPS] };
    const ofSamples = Float32Array.from({ length: SAMPLES }, (_, i) => 1 + i);
    const product = {
      data: weightOf.map((weight, index) => weight * ofSamples[Math.floor(index / STEPS)]!),
      shape: [SAMPLES, STEPS],
    };
    for (const loss of ['binaryCrossentropy', 'categoricalCrossentropy'] as const) {
      const byClass = await run(loss, { classWeight: { 1: 5 } });
      expect(byClass).toEqual(await run(loss, { sampleWeight: ofSteps }));
      expect(byClass).not.toEqual(await run(loss, {}));
      expect(await run(loss, { classWeight: { 1: 5 }, sampleWeight: ofSamples })).toEqual(
        await run(loss, { sampleWeight: product }),
      );
    }
    const odd = { data: new Float32Array(SAMPLES * 2).fill(1), shape: [SAMPLES, 2] };
    const error = await caught(run('binaryCrossentropy', { classWeight: { 1: 5 }, sampleWeight: odd }));
    expect(error.message).toMatch(/sampleWeight has the shape \[8, 2\], and the classes have \[8, 3\]/);
  });
});

// Keras 3.15.1 gives these numbers on TensorFlow, in multiples of log(2).
test('the mask of an output and the values that its loss ignores are one mask', async () => {
  const model: Model = {
    weights: [{ name: 'w', variable: tf.variable(tf.scalar(1)), trainable: true }],
    call: () => tf.tile([[[0.5, 0.25, 0.25]]], [2, 3, 1]),
    masks: () => [
      tf.tensor2d([
        [1, 1, 0],
        [0, 1, 1],
      ]),
    ],
  };
  const y = { data: Float32Array.of(0, -1, 1, -1, 2, 0), shape: [2, 3] };
  const sampleWeight = { data: Float32Array.of(1, 2, 3, 4, 5, 6), shape: [2, 3] };
  for (const [reduction, wanted, weighted] of [
    ['sum_over_batch_size', 4 / 3, 17 / 3],
    ['sum', 4, 17],
    ['mean_with_sample_weight', 4 / 3, 17 / 12],
  ] as const) {
    const loss = sparseCategoricalCrossentropy({ ignoreClass: -1, reduction });
    const trainer = new Trainer(model, { optimizer: 'sgd', loss, weightedMetrics: [loss] });
    expect((await trainer.testOnBatch([[0], [0]], y))['loss']! / Math.LN2).toBeCloseTo(wanted, 5);
    const logs = await trainer.testOnBatch([[0], [0]], y, { sampleWeight });
    expect(logs['loss']! / Math.LN2).toBeCloseTo(weighted, 5);
    expect(Object.values(logs)[1]! / Math.LN2).toBeCloseTo(17 / 12, 5);
  }
});

test("a loss that is not reduced is refused, as in Keras' first step", async () => {
  for (const reduction of ['none', null] as const) {
    const loss = meanSquaredError({ reduction });
    const make = () => new Trainer(createModel('one'), { optimizer: 'sgd', loss });
    expect((await caught(Promise.resolve().then(make))).message).toMatch(
      /KEEPFIT_INVALID_OPTION: loss has the reduction .*, which leaves one value per sample/,
    );
    const metric = new Trainer(createModel('one'), { optimizer: 'sgd', loss: 'mse', metrics: [loss] });
    expect(await metric.testOnBatch(...data('one'))).toHaveProperty('loss');
  }
});

/** Keras' JAX backend forgets the mask before the metrics of training, not before those of validation. */
function isRecorded({ kind }: KerasCase, key: string): boolean {
  return kind !== 'masked' || key === 'loss' || key.startsWith('val_');
}

interface Shaped {
  readonly data: Float32Array;
  readonly shape: number[];
}

function shaped(list: readonly number[], shape: number[]): Shaped {
  return { data: Float32Array.from(list), shape };
}

function makeValues(shape: number[], shift = 0): Shaped {
  const length = tf.util.sizeFromShape(shape);
  return { data: Float32Array.from({ length }, (_, i) => Math.sin(1 + i + shift)), shape };
}

function makeWeights(shape: number[], shift = 0): Shaped {
  const length = tf.util.sizeFromShape(shape);
  return { data: Float32Array.from({ length }, (_, i) => ((i + shift) % 3) + 0.5), shape };
}

function data(kind: KerasCase['kind'], shift = 0): [x: Shaped, y: Shaped | Shaped[]] {
  const isSequence = kind === 'steps' || kind === 'masked';
  const x = makeValues(isSequence ? [SAMPLES, STEPS, 2] : [SAMPLES, 2], shift);
  if (kind === 'masked')
    x.data.forEach((_, i) => {
      if (Math.floor(i / (2 * STEPS)) % 2 === 0 && i % (2 * STEPS) >= 2) x.data[i] = 0;
    });
  if (isSequence) return [x, makeValues([SAMPLES, STEPS, 1], 7 + shift)];
  if (kind === 'two') return [x, [makeValues([SAMPLES, 1], 5 + shift), makeValues([SAMPLES, 2], 9 + shift)]];
  const rows = Array.from({ length: SAMPLES }, (_, i) => i);
  if (kind === 'classes')
    return [
      x,
      shaped(
        rows.map((i) => (i % 3) - 1),
        [SAMPLES],
      ),
    ];
  if (kind === 'binary')
    return [
      x,
      shaped(
        rows.map((i) => Number(i % 3 === 0)),
        [SAMPLES, 1],
      ),
    ];
  return [x, makeValues([SAMPLES, 1], 5 + shift)];
}

/** The same data as batches of three samples. */
function* batches(
  { data: inputs }: Shaped,
  targets: Shaped[],
  given: Readonly<Record<string, Float32Array>>,
) {
  for (let from = 0; from < SAMPLES; from += 3) {
    const to = Math.min(SAMPLES, from + 3);
    const cut = ({ data: all, shape }: Shaped) => {
      const width = all.length / SAMPLES;
      return { data: all.slice(from * width, to * width), shape: [to - from, ...shape.slice(1)] };
    };
    yield {
      xs: cut({ data: inputs, shape: [SAMPLES, 2] }),
      ys: targets.map(cut),
      sampleWeights: Object.fromEntries(
        Object.entries(given).map(([name, all]) => [name, all.slice(from, to)]),
      ),
    };
  }
}

function createModel(kind: KerasCase['kind'] | 'two-steps'): Model {
  const units = kind === 'two' ? [1, 2] : kind === 'classes' || kind === 'two-steps' ? [2] : [1];
  const kernels = units.map((count, index) =>
    tf.variable(tf.tensor(makeValues([2, count], index).data, [2, count])),
  );
  const apply = (x: tf.Tensor, kernel: tf.Tensor): tf.Tensor => {
    const flat = tf.matMul(tf.reshape(x, [-1, 2]) as tf.Tensor2D, kernel as tf.Tensor2D);
    const outputs = tf.reshape(flat, [...x.shape.slice(0, -1), kernel.shape[1]!]);
    return kind === 'two-steps' ? tf.softmax(outputs) : outputs;
  };
  return {
    weights: kernels.map((variable, index) => ({ name: `kernel/${index}`, variable, trainable: true })),
    call: (inputs) => {
      const outputs = kernels.map((kernel) => apply(inputs as tf.Tensor, kernel));
      return outputs.length === 1 ? outputs[0]! : outputs;
    },
    ...(kind === 'masked' && {
      masks: (x: tf.Tensor | tf.Tensor[]) => [tf.any(tf.notEqual(x as tf.Tensor, 0), -1)],
    }),
    outputNames: kind === 'two' ? ['a', 'b'] : ['a'],
  };
}

function createTrainer({ kind, loss, reduction, metrics, weighted }: KerasCase): Trainer {
  const chosen = reduction === null ? {} : { reduction };
  const losses = {
    mse: () => meanSquaredError(chosen),
    ignoring: () => sparseCategoricalCrossentropy({ fromLogits: true, ignoreClass: -1, ...chosen }),
    binary: () => binaryCrossentropy({ fromLogits: true, ...chosen }),
  };
  return new Trainer(createModel(kind), {
    optimizer: tf.train.sgd(0.05),
    loss: losses[loss](),
    ...(metrics && { metrics: findMetrics(metrics) }),
    ...(weighted && { weightedMetrics: findMetrics(weighted) }),
  });
}

function findMetrics(names: Names) {
  const find = (name: string): MetricOption =>
    name === 'precision'
      ? precision({ thresholds: 0.1 })
      : name === 'rmse'
        ? rootMeanSquaredError({ name: 'rmse' })
        : (name as MetricOption);
  return Array.isArray(names)
    ? (names as string[]).map(find)
    : Object.fromEntries(
        Object.entries(names).map(([output, list]) => [output, (list as string[]).map(find)]),
      );
}

function options({ kind, sample, classes }: KerasCase): FitOptions {
  const weigh = (shift: number): SampleWeights =>
    sample === 'outputs'
      ? [makeWeights([SAMPLES], shift), makeWeights([SAMPLES], 1 + shift)]
      : makeWeights(sample === 'steps' ? [SAMPLES, STEPS] : [SAMPLES], shift);
  return {
    batchSize: 3,
    epochs: 2,
    shuffle: false,
    verbose: 0,
    validationData: sample === null ? data(kind, 50) : [...data(kind, 50), weigh(2)],
    ...(sample !== null && { sampleWeight: weigh(0) }),
    ...(classes && { classWeight: classes }),
  };
}

function weightsOf({ model }: Trainer): number[] {
  return model.weights.flatMap(({ variable }) => [...variable.dataSync()]);
}

function expectNear(given: readonly number[], expected: readonly number[]): void {
  expect(given).toHaveLength(expected.length);
  given.forEach((value, index) =>
    expect(Math.abs(value - expected[index]!)).toBeLessThan(1e-5 * Math.max(1, Math.abs(expected[index]!))),
  );
}
