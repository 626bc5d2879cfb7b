import { cpuBackend } from '@keepfit/backend-cpu';
import { BackupAndRestore, type CallbackHooks, type CheckpointStore } from '@keepfit/callbacks';
import {
  type BatchData,
  type DataBatch,
  type FitOptions,
  type Model,
  Trainer,
  type TrainerOptions,
  useBackend,
} from '@keepfit/fit';
import { memoryStore } from '@keepfit/store-memory';
import { data as tfData } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { caught } from './helpers/caught.js';
import { continueOnce } from './helpers/continue-once.js';
import { sampleCalls } from './helpers/sample-calls.js';

const BATCHES = 5;

beforeAll(() => useBackend(cpuBackend()));

interface Source {
  readonly name: string;
  /** Made anew for each process; `made` is told which batches were made. */
  make(made?: (batch: number) => void): BatchData;
}

/** Batches whose values are random, and differ from epoch to epoch. */
const sources: readonly Source[] = [
  {
    name: 'a factory of async batches',
    make: (made) =>
      async function* ({ epoch, random }) {
        for (let batch = 0; batch < BATCHES; batch++) {
          made?.(batch);
          yield tensorBatch([random(), random(), epoch]);
        }
      },
  },
  {
    name: 'a factory of a list of typed arrays',
    make:
      (made) =>
      ({ random }) =>
        Array.from({ length: BATCHES }, (_empty, batch) => {
          made?.(batch);
          return arrayBatch([random(), random(), random()]);
        }),
  },
  {
    name: 'a source that seeks',
    make: (made) => ({
      *batchesFrom(epoch, first, { randomFor }) {
        for (let batch = first; batch < BATCHES; batch++) {
          made?.(batch);
          const random = randomFor(batch);
          yield arrayBatch([random(), random(), epoch]);
        }
      },
    }),
  },
  {
    name: 'a tf.data.Dataset with a seeded shuffle',
    make: () =>
      tfData
        .zip({
          xs: tfData.array(values(15).map((value) => [value, 1])),
          ys: tfData.array(values(15).map((value) => [2 * value])),
        })
        .shuffle(15, '4')
        .batch(3) as unknown as BatchData,
  },
];

const settings: readonly {
  readonly name: string;
  readonly options: FitOptions;
  readonly trainer?: Partial<TrainerOptions>;
}[] = [
  { name: 'one pass an epoch', options: { epochs: 3 } },
  { name: 'two batches an execution', options: { epochs: 3 }, trainer: { stepsPerExecution: 2 } },
  { name: 'epochs of three batches across passes', options: { epochs: 5, stepsPerEpoch: 3 } },
  {
    name: 'epochs longer than a pass',
    options: { epochs: 2, stepsPerEpoch: 7 },
    trainer: { stepsPerExecution: 3 },
  },
];

for (const source of sources) {
  test.each(settings)(
    `continues ${source.name} exactly after a crash at any batch: $name`,
    async ({ options, trainer }) => {
      const whole = await train(source.make(), options, trainer);
      const backup = (store: CheckpointStore) => new BackupAndRestore(store, { saveFreq: 2 });
      const resume = continueOnce((store) => train(source.make(), options, trainer, [backup(store)]));
      for (const crash of sampleCalls(whole.batchEnds, 2)) {
        const store = memoryStore();
        expect(
          await caught(train(source.make(), options, trainer, [backup(store), throwAtBatchEnd(crash)])),
        ).toMatchObject({ code: 'KEEPFIT_HOOK_FAILED' });
        const resumed = await resume(store);
        expect(resumed.bytes).toBe(whole.bytes);
        expect(resumed.history).toEqual(whole.history);
      }
    },
  );
}

test('a source that seeks makes the last batch again when it is resumed, a factory makes all of the pass again and drops them', async () => {
  const [factory, , seekable] = sources;
  expect(await madeAfterResume(factory)).toEqual([0, 1, 2, 3, 4]);
  expect(await madeAfterResume(seekable)).toEqual([2, 3, 4]);
});

test('a source that says another number of batches than the saved one is a mismatch', async () => {
  const ofLength = (length: number): BatchData => ({
    length,
    batchesFrom: (_, first) =>
      values(length)
        .slice(first)
        .map((value) => arrayBatch([value])),
  });
  const store = memoryStore();
  const backup = () => new BackupAndRestore(store, { saveFreq: 1 });
  await caught(train(ofLength(5), { epochs: 1 }, {}, [backup(), throwAtBatchEnd(3)]));
  const error = await caught(train(ofLength(6), { epochs: 1 }, {}, [backup()]));
  expect(error).toMatchObject({
    code: 'KEEPFIT_CHECKPOINT_MISMATCH',
    message: expect.stringContaining('data.batches: saved 5, now 6'),
  });
});

test('no hook is called for a batch that does not come', async () => {
  const begins: number[] = [];
  await train(sources[0]!.make(), { epochs: 1 }, {}, [
    { onTrainBatchBegin: (batch) => void begins.push(batch) },
  ]);
  expect(begins).toEqual([0, 1, 2, 3, 4]);
});

test('tells the number of batches where the source knows it, and null where not', async () => {
  const steps: (number | null)[] = [];
  const tell: CallbackHooks = { setParams: (params) => void steps.push(params.steps) };
  const batches = [arrayBatch([1, 2, 3])];
  await train(() => batches, { epochs: 1 }, {}, [tell]);
  await train({ batchesFrom: (_, first) => batches.slice(first), length: 1 }, { epochs: 1 }, {}, [tell]);
  expect(steps).toEqual([null, 1]);
});

test('validates, evaluates and predicts on batches too', async () => {
  const trainer = new Trainer(linear(), { optimizer: 'sgd', loss: 'mse' });
  const batches = () => [arrayBatch([1, 2, 3]), arrayBatch([4, 5, 6])];
  const { history } = await trainer.fit(batches, { verbose: 0, validationData: batches });
  const { loss } = await trainer.evaluate(batches, { verbose: 0 });
  expect(history['val_loss']?.[0]).toBe(loss);
  const outputs = (await trainer.predict(batches, { verbose: 0 })) as tf.Tensor;
  expect(outputs.shape).toEqual([6, 1]);
  outputs.dispose();
});

test.each(sources)('leaves no tensor of $name behind, whether training ends or fails', async (source) => {
  const trainer = new Trainer(linear(), { optimizer: 'adam', loss: 'mse', metrics: ['mae', 'precision'] });
  const fit = (callbacks: CallbackHooks[] = []) =>
    trainer.fit(source.make(), { epochs: 2, verbose: 0, callbacks });
  await fit();
  const before = tf.memory().numTensors;
  await fit();
  expect(tf.memory().numTensors).toBe(before);
  await caught(fit([throwAtBatchEnd(3)]));
  expect(tf.memory().numTensors).toBe(before);
});

test.each([
  ['a batch without ys', () => [{ xs: [[1, 1]] }], {}, 'KEEPFIT_INVALID_DATA: a batch must be { xs, ys }'],
  [
    'a batch of unequal sizes',
    () => [{ xs: [[1, 1]], ys: [[1], [2]] }],
    {},
    'KEEPFIT_INVALID_DATA: a batch has arrays of 1 and of 2 samples',
  ],
  ['batchSize', () => [], { batchSize: 2 }, 'KEEPFIT_INVALID_OPTION: batchSize of fit is for arrays'],
  [
    'validationSplit',
    () => [],
    { validationSplit: 0.5 },
    'KEEPFIT_INVALID_OPTION: validationSplit of fit is for arrays',
  ],
  [
    'validationBatchSize where validationData makes batches',
    () => [arrayBatch([1])],
    { validationData: () => [arrayBatch([1])], validationBatchSize: 2 },
    'KEEPFIT_INVALID_OPTION: validationBatchSize of fit is for arrays, and validationData makes its own batches',
  ],
  [
    'a factory that throws',
    () => {
      throw new RangeError('no such file');
    },
    {},
    'no such file',
  ],
] as [string, BatchData, FitOptions, string][])(
  'says what is wrong with %s',
  async (_, batches, options, message) => {
    const trainer = new Trainer(linear(), { optimizer: 'sgd', loss: 'mse' });
    expect(String(await caught(trainer.fit(batches, { verbose: 0, ...options })))).toContain(message);
  },
);

async function madeAfterResume(source: Source | undefined): Promise<number[]> {
  if (source === undefined) throw new Error('no such source');
  const store = memoryStore();
  await caught(
    train(source.make(), { epochs: 1 }, {}, [
      new BackupAndRestore(store, { saveFreq: 1 }),
      throwAtBatchEnd(4),
    ]),
  );
  const made: number[] = [];
  await train(
    source.make((batch) => made.push(batch)),
    { epochs: 1 },
    {},
    [new BackupAndRestore(store, { saveFreq: 1 })],
  );
  return made;
}

async function train(
  batches: BatchData,
  options: FitOptions,
  compiled: Partial<TrainerOptions> = {},
  callbacks: CallbackHooks[] = [],
  model = linear(),
) {
  let batchEnds = 0;
  const trainer = new Trainer(model, { optimizer: tf.train.momentum(0.05, 0.9), loss: 'mse', ...compiled });
  const count: CallbackHooks = { batchLogs: false, onTrainBatchEnd: () => void (batchEnds += 1) };
  await trainer.fit(batches, {
    seed: 3,
    verbose: 0,
    ...options,
    callbacks: [count, ...callbacks],
  });
  const bytes = model.weights
    .map(({ variable }) => Buffer.from(variable.dataSync().buffer).toString('hex'))
    .join();
  return { bytes, history: trainer.history.history, batchEnds, model };
}

function linear(): Model {
  const kernel = tf.variable(tf.tensor2d([[0.5], [0.25]]));
  return {
    weights: [{ name: 'kernel', variable: kernel, trainable: true }],
    call: (input) => tf.matMul(input as tf.Tensor2D, kernel as tf.Tensor2D),
  };
}

function throwAtBatchEnd(call: number): CallbackHooks {
  let calls = 0;
  return {
    batchLogs: false,
    onTrainBatchEnd() {
      calls += 1;
      if (calls === call) throw new Error('crash');
    },
  };
}

function values(count: number): number[] {
  return Array.from({ length: count }, (_, index) => Math.sin(index));
}

function arrayBatch(column: readonly number[]): DataBatch {
  return {
    xs: { data: Float32Array.from(column.flatMap((value) => [value, 1])), shape: [column.length, 2] },
    ys: column.map((value) => [2 * value]),
  };
}

function tensorBatch(column: readonly number[]): DataBatch {
  return {
    xs: tf.tensor2d(column.map((value) => [value, 1])),
    ys: tf.tensor2d(column.map((value) => [2 * value])),
  };
}
