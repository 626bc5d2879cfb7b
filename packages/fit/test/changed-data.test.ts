import { cpuBackend } from '@keepfit/backend-cpu';
import {
  BackupAndRestore,
  type BackupAndRestoreOptions,
  type CallbackHooks,
  type CheckpointStore,
  type Difference,
} from '@keepfit/callbacks';
import { type BatchData, type FitOptions, seeded, type ShapedData, useBackend } from '@keepfit/fit';
import { memoryStore } from '@keepfit/store-memory';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { caught } from './helpers/caught.js';
import { copyOf } from './helpers/stored.js';
import { throwAt } from './helpers/throw-at.js';
import { batches, endOf, type LinearEnd, linearTrainer, rows, trainLinear } from './helpers/train-linear.js';

beforeAll(() => useBackend(cpuBackend()));
afterEach(() => void vi.restoreAllMocks());

/** Four batches a pass: after 9 of them an `'epoch'` backup stands between passes, and others within one. */
const crash = () => throwAt({ hook: 'onTrainBatchEnd', call: 9 });

const SAVE_FREQS = [
  ['epoch', 'data.firstBatch'],
  [3, 'data.lastBatch'],
  [1, 'data.lastBatch'],
] as const;

const row = (x: number, y: number) => ({ xs: [[x, 1]], ys: [[y]] });

let processes = 0;

/** Batches that another process does not make again. Each call is a process. */
const unrepeatable: Readonly<Record<string, () => BatchData>> = {
  'a shuffle without a seed': () => batches(rows(0, 16).shuffle(16).batch(4)),
  'Math.random in a map': () =>
    batches(
      rows(0, 16)
        .map(({ xs, ys }) => ({ xs: xs.map((value) => value + Math.random()), ys }))
        .batch(4),
    ),
  'tf.randomNormal in a map': () =>
    batches(
      rows(0, 16)
        .map(({ xs, ys }) => ({ xs: tf.add(xs, tf.randomNormal([2])) as never, ys }))
        .batch(4),
    ),
  'a base that is used outside of fit in one process only': () => {
    const all = rows(0, 20).shuffle(20, '7');
    const other = all.take(4).batch(2);
    processes += 1;
    if (processes % 2 === 0) void other.iterator();
    return batches(all.skip(4).batch(4));
  },
  'a factory that ignores random': () => () => Array.from({ length: 4 }, () => row(Math.random(), 1)),
  'a factory of async batches that ignores random': () =>
    async function* () {
      for (let batch = 0; batch < 4; batch++) yield row(Math.random(), 1);
    },
  'a source that seeks and ignores randomFor': () => ({
    *batchesFrom(_epoch, first) {
      for (let batch = first; batch < 4; batch++) yield row(Math.random(), 1);
    },
  }),
  'a factory of another process': () => {
    processes += 1;
    const own = processes;
    return () => Array.from({ length: 4 }, (_, batch) => row(own, batch));
  },
};

describe.each(Object.entries(unrepeatable))('%s', (_what, make) => {
  test.each(SAVE_FREQS)('is found out with saveFreq %s, and nothing is changed', async (saveFreq, item) => {
    const store = memoryStore();
    const backup = () => new BackupAndRestore(store, { saveFreq });
    await caught(trainLinear(make(), { callbacks: [backup(), crash()] }));
    const trainer = linearTrainer();
    const before = endOf(trainer).weights;
    const error = await caught(trainLinear(make(), { callbacks: [backup()] }, trainer));
    expect(error).toMatchObject({
      code: 'KEEPFIT_CHECKPOINT_MISMATCH',
      message: expect.stringMatching(new RegExp(`\n  ${item}: saved \\d+, now \\d+`)),
    });
    expect(endOf(trainer).weights).toBe(before);
  });
});

test.each<[string, (batch: { xs: number[][]; ys: number[][] }) => object]>([
  ['the inputs', ({ xs, ys }) => ({ xs: [[xs[0]![0]! + 1e-6, 1]], ys })],
  ['the targets', ({ xs, ys }) => ({ xs, ys: [[ys[0]![0]! + 1e-6]] })],
  ['the sample weights', (batch) => ({ ...batch, sampleWeights: [0.5] })],
  ['the shape', ({ xs, ys }) => ({ xs: [...xs, ...xs], ys: [...ys, ...ys] })],
])('a change in %s of a batch is found out', async (_what, change) => {
  const made =
    (changed: boolean): BatchData =>
    () =>
      Array.from({ length: 4 }, (_, batch) => {
        const given = row(batch, 1);
        return (changed ? change(given) : given) as typeof given;
      });
  const store = memoryStore();
  const backup = () => new BackupAndRestore(store, { saveFreq: 1 });
  await caught(trainLinear(made(false), { callbacks: [backup(), crash()] }));
  const error = await caught(trainLinear(made(true), { callbacks: [backup()] }));
  expect(error.message).toContain('data.lastBatch');
});

test.each(SAVE_FREQS)(
  'a pass that ended before the batch is found out with saveFreq %s',
  async (saveFreq, item) => {
    const store = memoryStore();
    const backup = () => new BackupAndRestore(store, { saveFreq });
    const stop = throwAt({ hook: 'onTrainBatchEnd', call: 8 });
    await caught(trainLinear(() => [1, 2, 3, 4].map((x) => row(x, 1)), { callbacks: [backup(), stop] }));
    const fewer: BatchData = () => (saveFreq === 'epoch' ? [] : [row(1, 1)]);
    const error = await caught(trainLinear(fewer, { callbacks: [backup()] }));
    expect(error.message).toMatch(new RegExp(`\n  ${item}: saved \\d+, now null`));
  },
);

test('data that fail while they are opened again are closed, and the error is theirs', async () => {
  let open = 0;
  /** The second validation fails to open. */
  const made = (fails: boolean): [BatchData, BatchData] => {
    const dataset = (values: number, opens: () => void): BatchData => ({
      async iterator() {
        opens();
        open += 1;
        let left = values;
        return {
          next: async () => ({ done: left-- === 0, value: { xs: tf.ones([1, 2]), ys: tf.ones([1, 1]) } }),
          return: () => void (open -= 1),
        };
      },
    });
    let validations = 0;
    const opens = () => {
      validations += 1;
      if (fails && validations === 2) throw new RangeError('no such file');
    };
    return [dataset(20, () => undefined), dataset(1, opens)];
  };
  const store = memoryStore();
  const fit = (fails: boolean, more: readonly CallbackHooks[]) => {
    const [training, validationData] = made(fails);
    const callbacks = [new BackupAndRestore(store, { saveFreq: 1 }), ...more];
    return trainLinear(training, { ...{ stepsPerEpoch: 4, validationData }, callbacks });
  };
  await caught(fit(false, [crash()]));
  expect(await caught(fit(true, []))).toBeInstanceOf(RangeError);
  expect(open).toBe(0);
});

test('0 and -0 are the same in a batch because a GPU does not keep them apart', async () => {
  const made =
    (changed: boolean): BatchData =>
    () =>
      Array.from({ length: 4 }, () => row(changed ? -0 : 0, 1));
  const store = memoryStore();
  const backup = () => new BackupAndRestore(store, { saveFreq: 1 });
  await caught(trainLinear(made(false), { callbacks: [backup(), crash()] }));
  await trainLinear(made(true), { callbacks: [backup()] });
});

describe('rows of arrays', () => {
  /** 64 rows; 16 batches a pass. */
  const arrays = () => {
    const x = { data: Float32Array.from({ length: 128 }, (_, at) => Math.sin(at)), shape: [64, 2] };
    const y = { data: Float32Array.from({ length: 64 }, (_, at) => Math.cos(at)), shape: [64, 1] };
    const sampleWeight = { data: Float32Array.from({ length: 64 }, (_, at) => 1 + (at % 3)), shape: [64] };
    return { x, y, sampleWeight };
  };
  const train = async (
    { x, y, sampleWeight }: { x: ShapedData; y: ShapedData; sampleWeight: ShapedData },
    callbacks: readonly CallbackHooks[],
  ): Promise<LinearEnd> => {
    const trainer = linearTrainer();
    const options: FitOptions = { epochs: 3, batchSize: 4, seed: 3, verbose: 0, sampleWeight };
    await trainer.fit(x, y, { ...options, callbacks });
    return endOf(trainer);
  };

  test.each([
    ['a row in the middle', 'epoch', 0, ({ x }) => void (x.data[70]! += 1e-6)],
    ['a row in the middle', 3, 0, ({ x }) => void (x.data[70]! += 1e-6)],
    ['a target in the middle', 'epoch', 1, ({ y }) => void (y.data[31]! *= 2)],
    ['a target in the middle', 3, 1, ({ y }) => void (y.data[31]! *= 2)],
    ['a sample weight', 'epoch', 2, ({ sampleWeight }) => void (sampleWeight.data[32] = 9)],
    ['a sample weight', 3, 2, ({ sampleWeight }) => void (sampleWeight.data[32] = 9)],
  ] as [string, number | 'epoch', number, (data: ReturnType<typeof arrays>) => void][])(
    '%s that changed is found out with saveFreq %s',
    async (_what, saveFreq, index, change) => {
      const store = memoryStore();
      const backup = () => new BackupAndRestore(store, { saveFreq });
      await caught(train(arrays(), [backup(), throwAt({ hook: 'onTrainBatchEnd', call: 18 })]));
      const changed = arrays();
      change(changed);
      expect(await caught(train(changed, [backup()]))).toMatchObject({
        code: 'KEEPFIT_CHECKPOINT_MISMATCH',
        message: expect.stringMatching(new RegExp(`\n  data\\.allRows\\[${index}\\]: saved \\d+, now \\d+`)),
      });
    },
  );

  test('that did not change are no mismatch, and the given arrays are not written to', async () => {
    const whole = await train(arrays(), []);
    const store = memoryStore();
    const backup = () => new BackupAndRestore(store, { saveFreq: 3 });
    const data = arrays();
    await caught(train(data, [backup(), throwAt({ hook: 'onTrainBatchEnd', call: 18 })]));
    expect(await train(data, [backup()])).toEqual(whole);
    expect(data).toEqual(arrays());
  });

  test('are covered slice by slice, and compared as far as the checkpoint covers them', async () => {
    // 1 MiB in rows of 16 KiB: a slice of 256 KiB has 16 of them.
    const large = () => ({
      data: Float32Array.from({ length: 2 ** 18 }, (_, at) => at % 251),
      shape: [64, 4096],
    });
    const y = { data: new Float32Array(64), shape: [64, 1] };
    const fit = (x: ShapedData, callbacks: readonly CallbackHooks[]) => {
      const trainer = linearTrainer();
      const kernel = tf.variable(tf.zeros<tf.Rank.R2>([4096, 1]));
      Object.assign(trainer.model, {
        weights: [{ name: 'kernel', variable: kernel, trainable: true }],
        call: (input: tf.Tensor) => tf.matMul(input as tf.Tensor2D, kernel),
      });
      return trainer.fit(x, y, { epochs: 1, batchSize: 8, seed: 3, verbose: 0, shuffle: false, callbacks });
    };
    const changedAt = (sample: number) => {
      const x = large();
      x.data[sample * 4096]! += 1;
      return x;
    };
    const store = memoryStore();
    const backup = (to: CheckpointStore) => new BackupAndRestore(to, { saveFreq: 1 });
    await caught(fit(large(), [backup(store), throwAt({ hook: 'onTrainBatchEnd', call: 3 })]));
    // Two steps have covered 31 rows: a row of y belongs to each.
    expect((await caught(fit(changedAt(29), [backup(await copyOf(store))]))).message).toContain(
      'data.allRows[0]',
    );
    await fit(changedAt(40), [backup(await copyOf(store))]);
  });
});

describe('with data that changed, onMismatch', () => {
  const make = unrepeatable['a factory that ignores random']!;
  const resume = async (options: BackupAndRestoreOptions, more: readonly CallbackHooks[] = []) => {
    const store = memoryStore();
    await caught(trainLinear(make(), { callbacks: [new BackupAndRestore(store, { saveFreq: 1 }), crash()] }));
    const backup = new BackupAndRestore(store, { saveFreq: 1, ...options });
    return { store, fit: () => trainLinear(make(), { callbacks: [backup, ...more] }) };
  };

  test("'continue' goes on, and warns in one line", async () => {
    const warn = vi.spyOn(console, 'warn').mockReturnValue();
    const { fit } = await resume({ onMismatch: 'continue' });
    expect((await fit()).history['loss']).toHaveLength(3);
    expect(warn.mock.calls).toEqual([
      [expect.stringMatching(/^keepfit: training continues with data that differ .*data\.lastBatch/)],
    ]);
  });

  test('a function is given the difference', async () => {
    vi.spyOn(console, 'warn').mockReturnValue();
    const onMismatch = vi.fn((_: readonly Difference[]) => 'continue' as const);
    await (await resume({ onMismatch })).fit();
    const number = expect.any(Number) as number;
    expect(onMismatch.mock.calls).toEqual([
      [[{ item: 'data.lastBatch', saved: number, current: number, canContinue: true }]],
    ]);
  });

  test("'restart' trains from scratch, and that training is resumed exactly", async () => {
    const all = () => rows(0, 16).shuffle(16, '4').batch(4);
    const old = memoryStore();
    await caught(
      trainLinear(batches(rows(50, 66).batch(4)), {
        callbacks: [new BackupAndRestore(old, { saveFreq: 1 }), crash()],
      }),
    );
    const restart = (store: CheckpointStore) =>
      new BackupAndRestore(store, { saveFreq: 3, onMismatch: 'restart' });
    const whole = await trainLinear(batches(all()), { callbacks: [restart(await copyOf(old))] });
    for (let call = 1; call <= 12; call++) {
      const store = await copyOf(old);
      await caught(
        trainLinear(batches(all()), {
          callbacks: [restart(store), throwAt({ hook: 'onTrainBatchEnd', call })],
        }),
      );
      expect(await trainLinear(batches(all()), { callbacks: [restart(store)] }), `${call}`).toEqual(whole);
    }
  });

  test('leaves no tensor and no open iterator, whatever it decides', async () => {
    vi.spyOn(console, 'warn').mockReturnValue();
    let open = 0;
    const counted = (): BatchData => () => ({
      async *[Symbol.asyncIterator]() {
        open += 1;
        try {
          for (let batch = 0; batch < 4; batch++)
            yield { xs: tf.tensor2d([[Math.random(), 1]]), ys: tf.tensor2d([[1]]) };
        } finally {
          open -= 1;
        }
      },
    });
    for (const onMismatch of ['error', 'continue', 'restart'] as const) {
      for (const saveFreq of ['epoch', 1] as const) {
        const store = memoryStore();
        const trainer = linearTrainer();
        await trainLinear(counted(), {}, trainer);
        const before = tf.memory().numTensors;
        const backup = () => new BackupAndRestore(store, { saveFreq, onMismatch });
        await caught(trainLinear(counted(), { callbacks: [backup(), crash()] }, trainer));
        const end = trainLinear(counted(), { callbacks: [backup()] }, trainer);
        await (onMismatch === 'error' ? caught(end) : end);
        expect({ open, tensors: tf.memory().numTensors }).toEqual({ open: 0, tensors: before });
      }
    }
  });
});

test('a checkpoint that keeps nothing of its data is continued as before', async () => {
  const store = memoryStore();
  const make = () => batches(rows(0, 16).shuffle(16, '4').batch(4));
  const whole = await trainLinear(make(), {});
  const forget: CallbackHooks = {
    setModel(view) {
      const request = view.requestBackup.bind(view);
      view.requestBackup = (sink) =>
        request((capture) => {
          const { data: _, ...state } = capture.state;
          return sink({ ...capture, state: state as typeof capture.state });
        });
    },
  };
  const backup = () => new BackupAndRestore(store, { saveFreq: 3 });
  await caught(trainLinear(make(), { callbacks: [forget, backup(), crash()] }));
  expect(await trainLinear(make(), { callbacks: [backup()] })).toEqual(whole);
});

test('seeded makes random ops of a map repeat', async () => {
  const make = () =>
    batches(
      rows(0, 16)
        .map(({ xs, ys }) => ({
          xs: seeded(Math.round(1000 * Math.abs(xs[0]!)), () => tf.add(xs, tf.randomNormal([2]))) as never,
          ys,
        }))
        .batch(4),
    );
  const whole = await trainLinear(make(), {});
  const store = memoryStore();
  const backup = () => new BackupAndRestore(store, { saveFreq: 1 });
  await caught(trainLinear(make(), { callbacks: [backup(), crash()] }));
  expect(await trainLinear(make(), { callbacks: [backup()] })).toEqual(whole);
});
