import { expect, test } from 'vitest';
import { TensorBoard, type TensorBoardOptions } from '../src/index.js';
import { MemorySink } from './helpers/memory-sink.js';
import { play, PlayedTrainer, type PlayOptions } from './helpers/played-training.js';
import { readEvents, type ReadPoint } from './helpers/read-events.js';

const now = (): number => 1_500;

function begin(options: TensorBoardOptions = {}) {
  const sinks = { train: new MemorySink(), validation: new MemorySink() };
  return { callback: new TensorBoard(sinks, { now, ...options }), sinks };
}

async function written(options: TensorBoardOptions = {}, playing: PlayOptions = {}) {
  const { callback, sinks } = begin(options);
  await play(callback, playing);
  return {
    train: readEvents(sinks.train.bytes).points,
    validation: readEvents(sinks.validation.bytes).points,
  };
}

const shown = (points: readonly ReadPoint[]): string[] => points.map(({ tag, step }) => `${tag} ${step}`);
const seriesOf = (points: readonly ReadPoint[], tag: string): (number | undefined)[][] =>
  points.filter((point) => point.tag === tag).map(({ step, values }) => [step, ...values]);

test('writes the tags and steps that Keras 3.15 writes for a fit with validation and histograms', async () => {
  const { train, validation } = await written({ histogramFreq: 1 });
  const epochs = [0, 1, 2];
  expect(shown(train)).toEqual(
    epochs.flatMap((epoch) =>
      [
        'epoch_loss',
        'epoch_mae',
        'epoch_learning_rate',
        'dense/kernel/histogram',
        'dense/bias/histogram',
      ].map((tag) => `${tag} ${epoch}`),
    ),
  );
  expect(shown(validation)).toEqual(
    epochs.flatMap((epoch) => [
      `evaluation_loss_vs_iterations ${4 * (epoch + 1)}`,
      `evaluation_mae_vs_iterations ${4 * (epoch + 1)}`,
      `epoch_loss ${epoch}`,
      `epoch_mae ${epoch}`,
    ]),
  );
});

test('writes values in float32, of training and of validation', async () => {
  const { train, validation } = await written();
  expect(seriesOf(train, 'epoch_loss')).toEqual([
    [0, 1],
    [1, 0.5],
    [2, Math.fround(1 / 3)],
  ]);
  expect(seriesOf(validation, 'epoch_loss')).toEqual(
    [100, 101, 102].map((place, epoch) => [epoch, Math.fround(1 / (place + 1))]),
  );
  expect(seriesOf(validation, 'evaluation_mae_vs_iterations')).toEqual([
    [4, 100],
    [8, 101],
    [12, 102],
  ]);
  expect(train[0]).toMatchObject({ plugin: 'scalars', shape: [], wallTime: 1.5 });
});

test('writes the learning rate as it is when the epoch ends', async () => {
  const { train } = await written();
  expect(seriesOf(train, 'epoch_learning_rate')).toEqual(
    [0.1, 0.05, 0.1 / 3].map((rate, epoch) => [epoch, Math.fround(rate)]),
  );
});

test('writes the rate of each of several optimizers by its name', async () => {
  const { callback, sinks } = begin({});
  const trainer = new PlayedTrainer();
  const optimizer = { className: 'SGD', iterations: 0, config: {} };
  trainer.optimizers = {
    generator: { ...optimizer, learningRate: 0.25 },
    discriminator: { ...optimizer, learningRate: 0.5 },
  };
  await play(callback, {}, trainer);
  const { points } = readEvents(sinks.train.bytes);
  expect(seriesOf(points, 'epoch_learning_rate_generator')[0]).toEqual([0, 0.25]);
  expect(seriesOf(points, 'epoch_learning_rate_discriminator')[0]).toEqual([0, 0.5]);
  expect(seriesOf(points, 'epoch_learning_rate')).toEqual([]);
});

test.each([
  ['batch', 1, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]],
  [3, 1, [3, 6, 9, 12]],
  [5, 1, [5, 10]],
  [3, 2, [4, 6, 10, 12]],
  [1, 4, [4, 8, 12]],
] as const)(
  'with updateFreq %s and %d steps an execution writes batches at steps %j',
  async (updateFreq, stepsPerExecution, steps) => {
    const { train } = await written({ updateFreq }, { stepsPerExecution });
    expect(seriesOf(train, 'batch_loss').map(([step]) => step)).toEqual(steps);
    expect(seriesOf(train, 'batch_mae').map(([step]) => step)).toEqual(steps);
    expect(seriesOf(train, 'epoch_loss')).toHaveLength(3);
  },
);

test('writes a batch before its epoch, with the running logs', async () => {
  const { train } = await written({ updateFreq: 4 });
  expect(shown(train).slice(0, 3)).toEqual(['batch_loss 4', 'batch_mae 4', 'epoch_loss 0']);
  expect(seriesOf(train, 'batch_mae')).toEqual([
    [4, Math.fround(0.3)],
    [8, Math.fround(1.3)],
    [12, Math.fround(2.3)],
  ]);
});

test('lets no batch wait for its logs unless batches are written', () => {
  expect(begin().callback.batchLogs).toBe(false);
  expect(begin({ updateFreq: 'batch' }).callback.batchLogs).toBe(true);
});

test('writes all into one file where there is no sink for validation', async () => {
  const train = new MemorySink();
  await play(new TensorBoard({ train }, { now }));
  const tags = new Set(readEvents(train.bytes).points.map(({ tag }) => tag));
  expect([...tags]).toEqual([
    'evaluation_loss_vs_iterations',
    'evaluation_mae_vs_iterations',
    'epoch_loss',
    'epoch_mae',
    'epoch_learning_rate',
    'epoch_val_loss',
    'epoch_val_mae',
  ]);
});

test('leaves the validation file alone where there is no validation', async () => {
  const { callback, sinks } = begin();
  await play(callback, { validates: false });
  expect([sinks.validation.bytes.length, sinks.validation.flushes]).toEqual([0, 0]);
});

test('begins each file with one version event', async () => {
  const { callback, sinks } = begin();
  await play(callback);
  for (const { bytes } of Object.values(sinks)) expect(readEvents(bytes).versions).toEqual(['brain.Event:2']);
});

test('writes histograms of the weights every histogramFreq epochs, and holds no weights after', async () => {
  const { callback, sinks } = begin({ histogramFreq: 2 });
  const trainer = new PlayedTrainer();
  await play(callback, {}, trainer);
  const histograms = readEvents(sinks.train.bytes).points.filter(({ plugin }) => plugin === 'histograms');
  expect(shown(histograms)).toEqual(
    [0, 2].flatMap((epoch) => [`dense/kernel/histogram ${epoch}`, `dense/bias/histogram ${epoch}`]),
  );
  const [kernel] = histograms;
  expect(kernel!.shape).toEqual([30, 3]);
  expect(kernel!.values.slice(0, 3)).toEqual([-0.25, -0.25 + 0.075, 1]);
  expect(kernel!.values.slice(-2)).toEqual([2, 1]);
  expect(trainer.heldCaptures).toBe(0);
});

test('lets go of the weights also where they cannot be read', async () => {
  const { callback } = begin({ histogramFreq: 1 });
  const trainer = new PlayedTrainer();
  trainer.weights = [
    [
      'w',
      {
        length: 1,
        [Symbol.iterator]: () => {
          throw new Error('lost device');
        },
      } as never,
    ],
  ];
  await expect(play(callback, {}, trainer)).rejects.toMatchObject({
    cause: expect.objectContaining({ message: 'lost device' }),
  });
  expect(trainer.heldCaptures).toBe(0);
});

test('writes steps a second by its clock', async () => {
  let time = 0;
  const { train } = await written(
    { writeStepsPerSecond: true, updateFreq: 2, now: () => (time += 250) },
    { stepsPerExecution: 2 },
  );
  // One reading between begin and end of a batch.
  expect(seriesOf(train, 'batch_steps_per_second')).toEqual([2, 4, 6, 8, 10, 12].map((step) => [step, 8]));
  expect(seriesOf(train, 'epoch_steps_per_second').map(([, rate]) => rate! > 0 && rate! < 8)).toEqual([
    true,
    true,
    true,
  ]);
});

test('flushes at each epoch, not at each batch, and closes when fit settles', async () => {
  const { callback, sinks } = begin({ updateFreq: 'batch' });
  const trainer = new PlayedTrainer();
  await play(callback, { killedAfter: 14 }, trainer);
  expect([sinks.train.flushes, sinks.validation.flushes, sinks.train.isOpen]).toEqual([2, 2, true]);
  await trainer.settle();
  expect([sinks.train.flushes, sinks.train.isOpen, sinks.validation.isOpen]).toEqual([3, false, false]);
});

test('flushes in mid-epoch where much is written, so that a checkpoint holds little of it', async () => {
  const { callback, sinks } = begin({ updateFreq: 'batch' });
  callback.setModel(new PlayedTrainer().view());
  await callback.onTrainBegin();
  callback.onEpochBegin(0);
  const logs = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`metric_${index}`, index]));
  for (let batch = 0; batch < 100; batch += 1) {
    callback.onTrainBatchBegin(batch);
    await callback.onTrainBatchEnd(batch, logs);
  }
  expect(sinks.train.flushes).toBeGreaterThan(1);
  const { unflushed } = callback.getState()['train'] as { unflushed: Uint8Array };
  expect(unflushed.length).toBeLessThan(300_000);
});

test('replaces what was there, and the first of two trainings, unless told to append', async () => {
  const once = begin();
  await play(once.callback);
  const twice = begin();
  twice.sinks.train.bytes = Uint8Array.from({ length: 5000 }, () => 7);
  await play(twice.callback);
  await play(twice.callback);
  expect(twice.sinks.train.bytes).toEqual(once.sinks.train.bytes);

  const appended = begin({ append: true });
  await play(appended.callback);
  await play(appended.callback);
  const { versions, points } = readEvents(appended.sinks.train.bytes);
  expect([versions.length, points.length]).toEqual([1, 2 * readEvents(once.sinks.train.bytes).points.length]);
});

test('an evaluation by itself is added to the validation file', async () => {
  const { callback, sinks } = begin();
  await play(callback);
  const trainer = new PlayedTrainer();
  const before = readEvents(sinks.validation.bytes).points.length;
  for (const added of [callback, new TensorBoard(sinks, { now })]) {
    added.setModel(trainer.view());
    added.onTestBegin();
    await added.onTestEnd({ loss: 0.25 });
    await trainer.settle();
  }
  const points = readEvents(sinks.validation.bytes).points.slice(before);
  expect(points.map(({ tag, step, values }) => [tag, step, values])).toEqual([
    ['evaluation_loss_vs_iterations', 12, [0.25]],
    ['evaluation_loss_vs_iterations', 0, [0.25]],
  ]);
  expect(sinks.validation.isOpen).toBe(false);
});

test.each([
  [{ histogramFreq: -1 }],
  [{ histogramFreq: 0.5 }],
  [{ updateFreq: 0 }],
  [{ updateFreq: 'step' }],
  [{ append: 1 }],
  [{ now: 5 }],
  [{ writeStepsPerSecond: 'yes' }],
  [{ logDir: 'logs' }],
])('refuses the options %o', (options) => {
  expect(() => new TensorBoard({ train: new MemorySink() }, options as never)).toThrow(
    expect.objectContaining({ code: 'KEEPFIT_INVALID_OPTION' }),
  );
});

test('says that it wants sinks where it is given a folder, as in Keras', () => {
  expect(() => new TensorBoard('logs' as never)).toThrow(/needs sinks, such as \{ train: .*, not "logs"/);
});

const sink = new MemorySink();

test.each([
  ['logs'],
  [undefined],
  [{}],
  [{ train: 'logs' }],
  [{ train: sink, validation: {} }],
  [{ train: sink, test: sink }],
  [{ train: sink, validation: sink }],
])('refuses the sinks %o', (sinks) => {
  expect(() => new TensorBoard(sinks as never)).toThrow(
    expect.objectContaining({ code: 'KEEPFIT_INVALID_OPTION' }),
  );
});
