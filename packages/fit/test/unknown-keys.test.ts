import { cpuBackend } from '@keepfit/backend-cpu';
import { type BatchData, type FitOptions, type Model, Trainer, useBackend } from '@keepfit/fit';
import { data as tfData } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { caught } from './helpers/caught.js';

const XS = [[1], [2]];
const YS = [[3], [5]];
const WEIGHTS = [1, 4];

beforeAll(() => useBackend(cpuBackend()));

describe('a batch with a part that would be ignored is refused', () => {
  test.each<[name: string, batch: () => unknown, message: RegExp]>([
    ['a misspelled weight', () => ({ xs: XS, ys: YS, sampleweights: WEIGHTS }), /the key "sampleweights"/],
    ['another name of weights', () => ({ xs: XS, ys: YS, weights: WEIGHTS }), /the key "weights"/],
    ["Keras' name of weights", () => ({ xs: XS, ys: YS, sample_weight: WEIGHTS }), /the key "sample_weight"/],
    ['class weights', () => ({ xs: XS, ys: YS, classWeight: { 1: 2 } }), /the key "classWeight"/],
    ['a mask', () => ({ xs: XS, ys: YS, mask: [1, 0] }), /the key "mask"/],
    ['an undefined part', () => ({ xs: XS, ys: YS, mask: undefined }), /the key "mask"/],
    ['a list of four', () => [XS, YS, WEIGHTS, WEIGHTS], /a batch is a list of 4 items/],
    [
      'both spellings',
      () => ({ xs: XS, ys: YS, sampleWeight: WEIGHTS, sampleWeights: WEIGHTS }),
      /mean the same/,
    ],
    [
      'a key beside data and shape of xs',
      () => ({ xs: { ...shaped(XS), dtype: 'int32' }, ys: YS }),
      /xs has the key "dtype" beside data and shape/,
    ],
    [
      'a key beside data and shape of ys',
      () => ({ xs: XS, ys: { ...shaped(YS), fortranOrder: true } }),
      /ys has the key "fortranOrder"/,
    ],
    ['a getter of its class', () => new Batch({ sample_weights: WEIGHTS }), /the key "sample_weights"/],
  ])('%s', async (_name, batch, message) => {
    const source = (() => [batch()]) as unknown as BatchData;
    for (const start of [
      (trainer: Trainer) => trainer.fit(source, { verbose: 0 }),
      (trainer: Trainer) => trainer.fit(XS, YS, { verbose: 0, validationData: source }),
      (trainer: Trainer) => trainer.evaluate(source, { verbose: 0 }),
    ]) {
      const [before, run] = trial(start);
      const error = await caught(run());
      expect(error.code).toBe('KEEPFIT_INVALID_DATA');
      expect(error.message).toMatch(message);
      expect(tf.memory().numTensors).toBe(before);
    }
  });

  test('of a dataset too', async () => {
    const dataset = tfData.array([{ xs: [1], ys: [2], weight: 3 }]).batch(1) as unknown as BatchData;
    const error = await caught(createTrainer().fit(dataset, { verbose: 0 }));
    expect(error.message).toMatch(
      /^KEEPFIT_INVALID_DATA: a batch has the key "weight", which would be ignored/,
    );
  });

  test('of a prediction too', async () => {
    const batches = (() => [{ xs: XS, xz: XS }]) as unknown as BatchData;
    expect((await caught(createTrainer().predict(batches, { verbose: 0 }))).message).toMatch(/the key "xz"/);
    const long = (() => [[XS, YS, WEIGHTS, XS]]) as unknown as BatchData;
    expect((await caught(createTrainer().predict(long, { verbose: 0 }))).message).toMatch(
      /a list of 4 items/,
    );
  });

  test('and its tensors are disposed', async () => {
    const trainer = createTrainer();
    const before = tf.memory().numTensors;
    const source = () => [{ xs: tf.tensor2d(XS), ys: tf.tensor2d(YS), weight: tf.tensor1d(WEIGHTS) }];
    await caught(trainer.fit(source, { verbose: 0 }));
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('both spellings of the weights are taken', () => {
  const batches: [name: string, batch: () => unknown][] = [
    ['sampleWeights', () => ({ xs: XS, ys: YS, sampleWeights: WEIGHTS })],
    ['sampleWeight', () => ({ xs: XS, ys: YS, sampleWeight: WEIGHTS })],
    ['sampleWeight as a tensor', () => ({ xs: XS, ys: YS, sampleWeight: tf.tensor1d(WEIGHTS) })],
    ['one of them undefined', () => ({ xs: XS, ys: YS, sampleWeight: WEIGHTS, sampleWeights: undefined })],
    ['a list', () => [XS, YS, WEIGHTS]],
    ['an instance with getters', () => new Batch({ sampleWeight: WEIGHTS })],
    [
      'an instance with keys for its own use',
      () => Object.assign(new Batch({ sampleWeights: WEIGHTS }), { index: 3 }),
    ],
  ];

  test.each(batches)('in batches: %s', async (_name, batch) => {
    const source = (() => [batch()]) as unknown as BatchData;
    expect(await outcome((trainer) => trainer.fit(source, { verbose: 0 }))).toEqual(await weighted());
    expect(await createTrainer().evaluate(source, { verbose: 0 })).toEqual(
      await createTrainer().evaluate(XS, YS, { verbose: 0, sampleWeight: WEIGHTS }),
    );
  });

  test('in options', async () => {
    const options = { verbose: 0, sampleWeights: WEIGHTS } as const;
    expect(await outcome((trainer) => trainer.fit(XS, YS, options))).toEqual(await weighted());
    expect(await createTrainer().evaluate(XS, YS, options)).toEqual(
      await createTrainer().evaluate(XS, YS, { verbose: 0, sampleWeight: WEIGHTS }),
    );
    for (const call of ['trainOnBatch', 'testOnBatch'] as const) {
      const trainer = createTrainer();
      expect(await createTrainer()[call](XS, YS, { sampleWeights: WEIGHTS })).toEqual(
        await trainer[call](XS, YS, { sampleWeight: WEIGHTS }),
      );
    }
  });

  test('but not both at once', async () => {
    const both = { sampleWeight: WEIGHTS, sampleWeights: WEIGHTS };
    for (const [caller, run] of [
      ['fit', () => createTrainer().fit(XS, YS, { verbose: 0, ...both })],
      ['evaluate', () => createTrainer().evaluate(XS, YS, { verbose: 0, ...both })],
      ['trainOnBatch', () => createTrainer().trainOnBatch(XS, YS, both)],
      ['testOnBatch', () => createTrainer().testOnBatch(XS, YS, both)],
    ] as const) {
      expect((await caught(run())).message).toBe(
        `KEEPFIT_INVALID_OPTION: ${caller} was given sampleWeight and sampleWeights, which mean the same; give one of them`,
      );
    }
  });

  test('and neither goes with batches that the user makes', async () => {
    for (const option of ['sampleWeight', 'sampleWeights']) {
      const options = { verbose: 0, [option]: WEIGHTS } as FitOptions;
      const error = await caught(createTrainer().fit(() => [{ xs: XS, ys: YS }], options));
      expect(error.message).toMatch(/^KEEPFIT_INVALID_OPTION: sampleWeight of fit is for arrays/);
    }
  });

  async function weighted(): Promise<unknown> {
    return outcome((trainer) => trainer.fit(XS, YS, { verbose: 0, sampleWeight: WEIGHTS }));
  }
});

describe('elsewhere', () => {
  test('validationData of four parts is refused', async () => {
    const validationData = [XS, YS, WEIGHTS, WEIGHTS] as never;
    const error = await caught(createTrainer().fit(XS, YS, { verbose: 0, validationData }));
    expect(error.message).toMatch(
      /^KEEPFIT_INVALID_OPTION: validationData of fit must be \[x, y\], \[x, y, sampleWeight\]/,
    );
  });

  test('a key beside data and shape is refused, in every array', async () => {
    const odd = { ...shaped(XS), stride: [1, 2] };
    for (const run of [
      () => createTrainer().fit(odd, YS, { verbose: 0 }),
      () => createTrainer().fit(XS, odd, { verbose: 0 }),
      () => createTrainer().fit(XS, YS, { verbose: 0, sampleWeight: { ...odd, shape: [2] } }),
      () => createTrainer().fit(XS, YS, { verbose: 0, validationData: [odd, YS] }),
      () => createTrainer().evaluate(odd, YS, { verbose: 0 }),
      () => createTrainer().predict(odd, { verbose: 0 }),
      () => createTrainer().trainOnBatch(odd, YS),
      () => createTrainer().testOnBatch(odd, YS),
      () => createTrainer().predictOnBatch(odd),
      () => createTrainer().fit(new Strided(), YS, { verbose: 0 }),
    ]) {
      const error = await caught(run());
      expect(error.code).toBe('KEEPFIT_INVALID_DATA');
      expect(error.message).toMatch(/has the key "stride" beside data and shape, which would be ignored/);
    }
  });

  test('an unknown option is refused by each method', async () => {
    const odd = { verbose: 0, sample_weight: WEIGHTS } as object;
    for (const [caller, run] of [
      ['fit', () => createTrainer().fit(XS, YS, odd)],
      ['evaluate', () => createTrainer().evaluate(XS, YS, odd)],
      ['predict', () => createTrainer().predict(XS, odd)],
      ['trainOnBatch', () => createTrainer().trainOnBatch(XS, YS, { sample_weight: WEIGHTS } as object)],
      ['testOnBatch', () => createTrainer().testOnBatch(XS, YS, { sample_weight: WEIGHTS } as object)],
    ] as const) {
      expect((await caught(run())).message).toMatch(
        new RegExp(`^KEEPFIT_INVALID_OPTION: ${caller} has no option "sample_weight"`),
      );
    }
  });

  test('a prediction ignores targets and weights of batches, and disposes them', async () => {
    const trainer = createTrainer();
    const before = tf.memory().numTensors;
    const plain = await predicted(trainer, [{ xs: XS }]);
    const xs = tf.tensor2d(XS);
    for (const batch of [
      { xs: tf.tensor2d(XS), ys: tf.tensor2d(YS), sampleWeights: tf.tensor1d(WEIGHTS) },
      [tf.tensor2d(XS), tf.tensor2d(YS), tf.tensor1d(WEIGHTS)],
      new Batch({ sampleWeights: tf.tensor1d(WEIGHTS) }),
      // The targets of an autoencoder are its inputs.
      { xs, ys: xs },
    ]) {
      expect(await predicted(trainer, [batch])).toEqual(plain);
    }
    expect(tf.memory().numTensors).toBe(before);
  });

  async function predicted(trainer: Trainer, batches: readonly unknown[]): Promise<number[]> {
    const output = (await trainer.predict((() => batches) as unknown as BatchData, {
      verbose: 0,
    })) as tf.Tensor;
    const values = [...output.dataSync()];
    output.dispose();
    return values;
  }
});

/** A batch whose parts are getters of its class. */
class Batch {
  readonly #weights: Record<string, unknown>;
  constructor(weights: Record<string, unknown>) {
    this.#weights = weights;
    const [key = ''] = Object.keys(weights);
    Object.setPrototypeOf(
      this,
      Object.create(Batch.prototype, {
        [key]: { get: () => this.#weights[key], enumerable: false },
      }) as object,
    );
  }
  get xs() {
    return XS;
  }
  get ys() {
    return YS;
  }
}

/** A view of an array as some libraries have it. */
class Strided {
  readonly data = Float32Array.of(1, 2);
  readonly shape = [2, 1];
  readonly stride = [1, 1];
}

function shaped(rows: number[][]): { data: Float32Array; shape: number[] } {
  return { data: Float32Array.from(rows.flat()), shape: [rows.length, 1] };
}

/** A run of a trainer, and the number of tensors before it. */
function trial(run: (trainer: Trainer) => Promise<unknown>): [before: number, run: () => Promise<unknown>] {
  const trainer = createTrainer();
  return [tf.memory().numTensors, () => run(trainer)];
}

async function outcome(run: (trainer: Trainer) => Promise<unknown>): Promise<unknown> {
  const trainer = createTrainer();
  await run(trainer);
  return [trainer.history.history, ...trainer.model.weights.map(({ variable }) => [...variable.dataSync()])];
}

function createTrainer(): Trainer {
  const kernel = tf.variable(tf.tensor2d([[0.5]]));
  const model: Model = {
    weights: [{ name: 'kernel', variable: kernel, trainable: true }],
    call: (x) => tf.matMul(x as tf.Tensor2D, kernel as tf.Tensor2D),
  };
  return new Trainer(model, { optimizer: tf.train.sgd(0.1), loss: 'mse' });
}
