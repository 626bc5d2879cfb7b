import { cpuBackend } from '@keepfit/backend-cpu';
import { BackupAndRestore, type CallbackHooks } from '@keepfit/callbacks';
import {
  type BatchData,
  type DataBatch,
  type FitOptions,
  type Model,
  Trainer,
  useBackend,
} from '@keepfit/fit';
import { memoryStore } from '@keepfit/store-memory';
import { data as tfData } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { sample } from '../../../test/setup/sample.js';
import { caught } from './helpers/caught.js';
import { recordHooks } from './helpers/record-hooks.js';
import { throwAt } from './helpers/throw-at.js';

const BATCHES = 5;

beforeAll(() => useBackend(cpuBackend()));
beforeEach(() => void vi.spyOn(console, 'warn').mockImplementation(() => {}));
afterEach(() => void vi.restoreAllMocks());

/** Sources that give five batches in all; each process makes its own. */
const sources: readonly (readonly [name: string, create: () => BatchData])[] = [
  ['a generator that is used up', () => once(batches())],
  ['an async generator that is used up', () => onceAsync(batches())],
  [
    'a source that seeks',
    () => ({ batchesFrom: (pass, first) => (pass === 0 ? batches().slice(first) : []) }),
  ],
  [
    'a dataset of a generator that is used up',
    () => {
      const walk = batches().values();
      return tfData.generator((() => walk) as never) as unknown as BatchData;
    },
  ],
];

const settings: readonly {
  readonly name: string;
  readonly options: FitOptions;
  readonly stepsPerExecution?: number;
  /** The batches of each epoch that ends. */
  readonly epochs: readonly number[];
  readonly warning: RegExp;
}[] = [
  {
    name: 'a pass an epoch',
    options: { epochs: 3 },
    epochs: [5],
    warning:
      /ran out of data in epoch 2 of 3: 0 batches came, and at least 1 was wanted\. .* after 5 batches/,
  },
  {
    name: 'a pass an epoch, two batches an execution',
    options: { epochs: 3 },
    stepsPerExecution: 2,
    epochs: [5],
    warning: /in epoch 2 of 3: 0 batches came/,
  },
  {
    name: 'epochs longer than the data',
    options: { epochs: 3, stepsPerEpoch: 8 },
    epochs: [5],
    warning: /ran out of data in epoch 1 of 3: 5 batches came, and stepsPerEpoch is 8\. .* after 5 batches/,
  },
  {
    name: 'epochs longer than the data, three batches an execution',
    options: { epochs: 3, stepsPerEpoch: 8 },
    stepsPerExecution: 3,
    epochs: [5],
    warning: /in epoch 1 of 3: 5 batches came, and stepsPerEpoch is 8/,
  },
  {
    name: 'epochs shorter than the data',
    options: { epochs: 4, stepsPerEpoch: 2 },
    epochs: [2, 2, 1],
    warning: /in epoch 3 of 4: 1 batch came, and stepsPerEpoch is 2\. .* after 5 batches/,
  },
  {
    name: 'epochs that end with the data',
    options: { epochs: 4, stepsPerEpoch: 5 },
    epochs: [5],
    warning: /in epoch 2 of 4: 0 batches came, and stepsPerEpoch is 5/,
  },
];

describe.each(sources)('%s', (_name, create) => {
  test.each(settings)('$name: it trains what there is, warns once and ends', async (setting) => {
    const recorder = recordHooks();
    const store = memoryStore();
    const backup = new BackupAndRestore(store);
    const { epoch, trainer } = await train(create(), setting, [recorder, backup]);
    const numbers = setting.epochs.map((_count, index) => index);
    expect(epoch).toEqual(numbers);
    expect(trainer.history.epoch).toEqual(numbers);
    expectClose(trainer.history.history['loss'], await lossesOf(setting.epochs));
    expect(trainer.history.history['val_loss']).toHaveLength(numbers.length);
    const hooks = recorder.calls.map((call) => JSON.stringify(call));
    expect(hooks.filter((call) => call.includes('onEpochEnd'))).toHaveLength(numbers.length);
    expect(hooks.filter((call) => call.includes('onTrainEnd'))).toHaveLength(1);
    expect(warnings()).toEqual([expect.stringMatching(setting.warning)]);
    expect(await backup.hasBackup()).toBe(true);
  });

  test.each(settings)('$name: run again, it ends in the same way', async (setting) => {
    const store = memoryStore();
    const backup = () => new BackupAndRestore(store, { saveFreq: 1 });
    const whole = await train(create(), setting, [backup()]);
    const again = await train(create(), setting, [backup()]);
    expect(again.weights).toEqual(whole.weights);
    expect(again.trainer.history).toEqual(whole.trainer.history);
    expect(warnings()).toEqual([
      expect.stringMatching(setting.warning),
      expect.stringMatching(setting.warning),
    ]);
    expect(await backup().hasBackup()).toBe(true);
  });

  test.each(settings)('$name: after a crash anywhere it ends as without one', async (setting) => {
    const whole = await train(create(), setting);
    const ends = Math.ceil(BATCHES / (setting.stepsPerExecution ?? 1));
    const points = [
      ...Array.from({ length: ends }, (_, index) => ({ hook: 'onTrainBatchEnd', call: index + 1 }) as const),
      ...setting.epochs.flatMap((_count, index) => [
        { hook: 'onEpochBegin', call: index + 1 } as const,
        { hook: 'onTestBatchEnd', call: index + 1 } as const,
        { hook: 'onEpochEnd', call: index + 1 } as const,
      ]),
      { hook: 'onTrainEnd', call: 1 } as const,
    ];
    for (const point of sample(points, 2)) {
      const store = memoryStore();
      const backup = () => new BackupAndRestore(store, { saveFreq: 1 });
      await caught(train(create(), setting, [backup(), throwAt(point)]));
      vi.mocked(console.warn).mockClear();
      const resumed = await train(create(), setting, [backup()]);
      expect(resumed.weights, JSON.stringify(point)).toEqual(whole.weights);
      expect(resumed.trainer.history, JSON.stringify(point)).toEqual(whole.trainer.history);
      expect(warnings(), JSON.stringify(point)).toEqual([expect.stringMatching(setting.warning)]);
    }
  });

  test('with data enough, the kept checkpoint ends as if they had been there from the start', async () => {
    const setting = { options: { epochs: 3, stepsPerEpoch: 4 } };
    const store = memoryStore();
    const { weights } = await train(endless(), setting);
    await train(create(), setting, [new BackupAndRestore(store, { saveFreq: 1 })]);
    const callbacks = [new BackupAndRestore(store, { saveFreq: 1, onMismatch: 'continue' })];
    expect((await train(endless(), setting, callbacks)).weights).toEqual(weights);
  });

  test('leaves no tensor behind', async () => {
    const trainer = createTrainer();
    const fit = (data: BatchData) => trainer.fit(data, { epochs: 3, stepsPerEpoch: 4, verbose: 0 });
    await fit(create());
    const before = tf.memory().numTensors;
    await fit(create());
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('a training without any batch', () => {
  test.each<[name: string, create: () => BatchData]>([
    ['an empty list', () => () => []],
    ['a generator that gives nothing', () => once([])],
    ['a source that seeks', () => ({ batchesFrom: () => [] })],
    ['a source of length 0', () => ({ length: 0, batchesFrom: () => batches() })],
    ['a filter that lets nothing through', () => filtered(() => false)],
    [
      'a dataset of nothing',
      () =>
        tfData
          .array([{ xs: [1, 1], ys: [1] }])
          .take(0)
          .batch(1) as unknown as BatchData,
    ],
  ])('of %s is an error, and its backup stays', async (_name, create) => {
    for (const options of [{ epochs: 2 }, { epochs: 2, stepsPerEpoch: 3 }]) {
      const store = memoryStore();
      const backup = () => new BackupAndRestore(store);
      for (let run = 0; run < 2; run++) {
        const recorder = recordHooks();
        const error = await caught(train(create(), { options }, [recorder, backup()]));
        expect(error.message).toMatch(
          /^KEEPFIT_INVALID_DATA: fit got no batch: its data gave none\. .*function/,
        );
        expect(JSON.stringify(recorder.calls)).not.toMatch(/onEpochEnd|onTrainEnd/);
        expect(await backup().hasBackup()).toBe(true);
      }
    }
    expect(warnings()).toEqual([]);
  });
});

describe('a pass without training that has no batch', () => {
  test.each<[name: string, create: () => BatchData, epoch: number]>([
    ['an empty list', () => () => [], 1],
    ['a filter that lets nothing through', () => filtered(() => false), 1],
    ['a generator that is used up', () => once(batches()), 2],
    ['an async generator that is used up', () => onceAsync(batches()), 2],
  ])('%s as validationData', async (_name, create, epoch) => {
    const store = memoryStore();
    const backup = new BackupAndRestore(store);
    const options = { epochs: 3, validationData: create() };
    const error = await caught(train(() => batches(), { options }, [backup]));
    expect(error.message).toMatch(
      new RegExp(`^KEEPFIT_INVALID_DATA: validationData of fit in epoch ${epoch} got no batch`),
    );
    expect(await backup.hasBackup()).toBe(true);
  });

  test('in evaluate and predict', async () => {
    for (const create of [
      () => () => [],
      () => once([]),
      () => filtered(() => false),
    ] as (() => BatchData)[]) {
      expect((await caught(createTrainer().evaluate(create(), { verbose: 0 }))).message).toMatch(
        /^KEEPFIT_INVALID_DATA: evaluate got no batch/,
      );
      expect((await caught(createTrainer().predict(create(), { verbose: 0 }))).message).toMatch(
        /^KEEPFIT_INVALID_DATA: predict got no batch/,
      );
    }
  });

  test('and arrays without samples, by name', async () => {
    const [x, y] = [tf.zeros([0, 2]), tf.zeros([0, 1])];
    const one = { options: { validationData: [x, y] as [tf.Tensor, tf.Tensor] } };
    expect((await caught(train(() => batches(), one))).message).toMatch(
      /^KEEPFIT_INVALID_DATA: validationData: x has no samples/,
    );
    expect((await caught(createTrainer().evaluate(x, y, { verbose: 0 }))).message).toMatch(
      /^KEEPFIT_INVALID_DATA: evaluate: x has no samples/,
    );
    expect((await caught(createTrainer().predict(x, { verbose: 0 }))).message).toMatch(
      /^KEEPFIT_INVALID_DATA: predict: x has no samples/,
    );
  });
});

describe('a batch without samples is refused', () => {
  test.each<[name: string, batch: () => unknown]>([
    ['tensors', () => ({ xs: tf.zeros([0, 2]), ys: tf.zeros([0, 1]) })],
    ['empty lists', () => ({ xs: [], ys: [] })],
    [
      'typed arrays',
      () => ({
        xs: { data: new Float32Array(0), shape: [0, 2] },
        ys: { data: new Float32Array(0), shape: [0, 1] },
      }),
    ],
  ])('%s', async (_name, batch) => {
    const data = () => [...batches(), batch() as DataBatch];
    const trainer = createTrainer();
    await trainer.fit(() => batches(), { verbose: 0 });
    const before = tf.memory().numTensors;
    const messages = [
      await caught(trainer.fit(data, { verbose: 0 })),
      await caught(trainer.evaluate(data, { verbose: 0 })),
      await caught(trainer.predict(data, { verbose: 0 })),
    ].map(({ message }) => message);
    for (const message of messages) expect(message).toMatch(/^KEEPFIT_INVALID_DATA: a batch has no samples/);
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('the length that data tell', () => {
  const ofLength = (length: number, count: number): BatchData => ({
    length,
    batchesFrom: (_pass, first) => batches(count).slice(first),
  });

  test('a pass that gives fewer ends training, with a warning', async () => {
    const { epoch } = await train(ofLength(BATCHES, 3), { options: { epochs: 4 } });
    expect(epoch).toEqual([0]);
    expect(warnings()).toEqual([
      expect.stringMatching(/ran out of data in epoch 1 of 4: 3 batches came, and their length says 5\./),
    ]);
  });

  test('a pass that would give more ends at its length, as in Keras', async () => {
    const { weights, epoch } = await train(ofLength(3, BATCHES), { options: { epochs: 2 } });
    expect(epoch).toEqual([0, 1]);
    expect(weights).toEqual((await train(() => batches(3), { options: { epochs: 2 } })).weights);
    expect(warnings()).toEqual([]);
  });

  test('the size of a Dataset is an estimate: a pass is what it gives', async () => {
    for (const size of [2, 8]) {
      const dataset = { size, iterator: async () => new Walk(batches()) };
      const { weights, epoch } = await train(dataset, { options: { epochs: 2, validationData: dataset } });
      expect(epoch).toEqual([0, 1]);
      expect(weights).toEqual((await train(() => batches(), { options: { epochs: 2 } })).weights);
      expect(await createTrainer().evaluate(dataset, { verbose: 0 })).toEqual(
        await createTrainer().evaluate(() => batches(), { verbose: 0 }),
      );
    }
    expect(warnings()).toEqual([]);
  });

  test.each([NaN, -1, 2.5, '5', null])('%s is refused', async (length) => {
    const data = { length, batchesFrom: () => batches() } as unknown as BatchData;
    const error = await caught(train(data, { options: {} }));
    expect(error.message).toMatch(
      /^KEEPFIT_INVALID_DATA: length of batches must be the number of batches a pass/,
    );
  });

  test('Infinity needs steps', async () => {
    const repeated = () =>
      tfData
        .array([{ xs: [1, 1], ys: [1] }])
        .repeat()
        .batch(1) as unknown as BatchData;
    for (const create of [repeated, () => ofLength(Infinity, BATCHES)]) {
      for (const [option, run] of [
        ['stepsPerEpoch of fit must be given because x', () => train(create(), { options: {} })],
        [
          'validationSteps of fit must be given because validationData',
          () => train(() => batches(), { options: { validationData: create() } }),
        ],
        [
          'steps of evaluate must be given because x',
          () => createTrainer().evaluate(create(), { verbose: 0 }),
        ],
        ['steps of predict must be given because x', () => createTrainer().predict(create(), { verbose: 0 })],
      ] as const) {
        expect((await caught(run())).message).toMatch(
          new RegExp(`^KEEPFIT_INVALID_OPTION: ${option} never ends`),
        );
      }
    }
    const { epoch } = await train(repeated(), {
      options: { epochs: 2, stepsPerEpoch: 3, validationData: repeated(), validationSteps: 2 },
    });
    expect(epoch).toEqual([0, 1]);
    expect(warnings()).toEqual([]);
  });
});

describe('steps of more batches than there are', () => {
  test('of arrays: an epoch continues with the next pass, and passes continue in the next epoch', async () => {
    for (const [epochs, stepsPerEpoch, passes] of [
      [5, 2, 2],
      [5, 8, 8],
      [2, 5, 2],
    ] as const) {
      const bySteps = await trainArrays({ epochs, stepsPerEpoch });
      expect(bySteps.weights).toEqual((await trainArrays({ epochs: passes })).weights);
      expect(bySteps.epoch).toHaveLength(epochs);
    }
    expect(warnings()).toEqual([]);
  });

  test('of batches: the same', async () => {
    for (const [epochs, stepsPerEpoch, passes] of [
      [5, 2, 2],
      [5, 8, 8],
    ] as const) {
      for (const stepsPerExecution of [1, 3]) {
        const bySteps = await train(() => batches(), {
          options: { epochs, stepsPerEpoch },
          stepsPerExecution,
        });
        expect(bySteps.weights).toEqual(
          (await train(() => batches(), { options: { epochs: passes } })).weights,
        );
      }
    }
    // Passes that are shorter than an execution.
    const short = await train(() => batches(1), {
      options: { epochs: 2, stepsPerEpoch: 7 },
      stepsPerExecution: 4,
    });
    expect(short.weights).toEqual((await train(() => batches(1), { options: { epochs: 14 } })).weights);
    expect(warnings()).toEqual([]);
  });

  test('of validation: all batches count, with one warning', async () => {
    for (const validationData of [() => batches(), arrays()] as const) {
      vi.mocked(console.warn).mockClear();
      const options = { epochs: 3, validationData };
      const all = await train(() => batches(), { options });
      const more = await train(() => batches(), { options: { ...options, validationSteps: 8 } });
      expect(more.trainer.history.history).toEqual(all.trainer.history.history);
      expect(warnings()).toEqual([
        expect.stringMatching(
          /validationData of fit ran out of data: \d+ batch(es)? came, and validationSteps is 8/,
        ),
      ]);
    }
  });

  test('of evaluate and predict: all batches count, with a warning', async () => {
    const data = () => batches();
    expect(await createTrainer().evaluate(data, { verbose: 0, steps: 8 })).toEqual(
      await createTrainer().evaluate(data, { verbose: 0 }),
    );
    const outputs = (await createTrainer().predict(data, { verbose: 0, steps: 8 })) as tf.Tensor;
    expect(outputs.shape).toEqual([BATCHES, 1]);
    expect(warnings()).toEqual([
      expect.stringMatching(/evaluate ran out of data: 5 batches came, and steps is 8/),
      expect.stringMatching(/predict ran out of data: 5 batches came, and steps is 8/),
    ]);
  });

  test('steps within the data are no reason to warn', async () => {
    const options = { epochs: 2, validationData: () => batches(), validationSteps: 2 };
    await train(() => batches(), { options });
    await createTrainer().evaluate(() => batches(), { verbose: 0, steps: 5 });
    expect(warnings()).toEqual([]);
  });
});

function warnings(): string[] {
  return vi.mocked(console.warn).mock.calls.map(([message]) => String(message));
}

/** The mean losses of epochs of these many batches: each batch is an epoch of its own in another training. */
async function lossesOf(epochs: readonly number[]): Promise<number[]> {
  const { trainer } = await train(endless(), { options: { epochs: BATCHES, stepsPerEpoch: 1 } });
  const losses = [...trainer.history.history['loss']!] as number[];
  return epochs.map((count) => losses.splice(0, count).reduce((sum, loss) => sum + loss, 0) / count);
}

function expectClose(actual: readonly unknown[] | undefined, wanted: readonly number[]): void {
  expect(actual).toHaveLength(wanted.length);
  wanted.forEach((value, index) => expect(actual?.[index]).toBeCloseTo(value, 6));
}

async function train(
  data: BatchData,
  { options, stepsPerExecution = 1 }: { readonly options: FitOptions; readonly stepsPerExecution?: number },
  callbacks: CallbackHooks[] = [],
) {
  const trainer = createTrainer(stepsPerExecution);
  const { epoch } = await trainer.fit(data, {
    validationData: [[[1, 1]], [[2]]],
    seed: 1,
    verbose: 0,
    ...options,
    callbacks,
  });
  return { epoch, trainer, weights: weightsOf(trainer) };
}

async function trainArrays(options: FitOptions) {
  const trainer = createTrainer();
  const [x, y] = arrays();
  const { epoch } = await trainer.fit(x, y, { batchSize: 2, seed: 1, verbose: 0, ...options });
  return { epoch, weights: weightsOf(trainer) };
}

function arrays(): [number[][], number[][]] {
  const rows = Array.from({ length: 2 * BATCHES }, (_, index) => index);
  return [rows.map((index) => [Math.sin(index), 1]), rows.map((index) => [Math.cos(index)])];
}

function weightsOf({ model }: Trainer): number[] {
  return model.weights.flatMap(({ variable }) => [...variable.dataSync()]);
}

function createTrainer(stepsPerExecution = 1): Trainer {
  const kernel = tf.tidy(() => tf.variable(tf.tensor2d([[0.5], [0.25]])));
  const model: Model = {
    weights: [{ name: 'kernel', variable: kernel, trainable: true }],
    call: (x) => tf.matMul(x as tf.Tensor2D, kernel as tf.Tensor2D),
  };
  return new Trainer(model, { optimizer: tf.train.momentum(0.05, 0.9), loss: 'mse', stepsPerExecution });
}

function batches(count = BATCHES): DataBatch[] {
  return Array.from({ length: count }, (_, index) => createBatch(index));
}

function createBatch(index: number): DataBatch {
  return { xs: [[Math.sin(index), Math.cos(index)]], ys: [[Math.sin(2 * index)]] };
}

/** An iterator of a dataset. */
class Walk {
  readonly #walk: Iterator<DataBatch>;
  constructor(list: DataBatch[]) {
    this.#walk = list.values();
  }
  async next(): Promise<{ value: unknown; done: boolean }> {
    const { value, done = false } = this.#walk.next() as { value: unknown; done?: boolean };
    return { value, done };
  }
}

/** A factory of one generator, which can be walked through once. */
function once(list: DataBatch[]): BatchData {
  const walk = (function* () {
    yield* list;
  })();
  return () => walk;
}

function onceAsync(list: DataBatch[]): BatchData {
  const walk = (async function* () {
    yield* list;
  })();
  return () => walk;
}

/** The batches of the sources, then further ones, in one pass. */
function endless(): BatchData {
  return {
    *batchesFrom(_pass, first) {
      for (let index = first; ; index++) yield createBatch(index);
    },
  };
}

function filtered(isKept: () => boolean): BatchData {
  return tfData
    .array([
      { xs: [1, 2], ys: [1] },
      { xs: [2, 1], ys: [2] },
    ])
    .filter(isKept)
    .batch(1) as unknown as BatchData;
}
