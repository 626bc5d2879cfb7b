import { afterEach, expect, test, vi } from 'vitest';
import { decodeCheckpoint } from '../../src/format/decode-checkpoint.js';
import type { CheckpointStore } from '../../src/contract/checkpoint-store.js';
import { ModelCheckpoint } from '../../src/callbacks/model-checkpoint.js';
import type { ModelCheckpointOptions } from '../../src/callbacks/model-checkpoint-options.js';
import { FakeTrainer } from '../fake-trainer.js';
import { fakeTimers } from '../fake-timers.js';
import { mapStore } from '../map-store.js';

afterEach(() => void vi.restoreAllMocks());

function begin(
  options: ModelCheckpointOptions = {},
  stored = new Map<string, Uint8Array>(),
  store = mapStore(stored),
) {
  const callback = new ModelCheckpoint(store, options);
  const trainer = new FakeTrainer();
  callback.setModel(trainer);
  callback.onTrainBegin();
  return { callback, trainer, stored };
}

function weightIn(bytes: Uint8Array | undefined): number {
  const saved = decodeCheckpoint(bytes!).training.tensors.get('weight')!;
  return new DataView(saved.bytes.buffer, saved.bytes.byteOffset).getFloat32(0, true);
}

test('writes the weights under the key made of epoch and metrics, and holds none after', async () => {
  const { callback, trainer, stored } = begin({
    keyPattern: 'e{epoch:02d}-{val_loss:.2f}',
    saveWeightsOnly: true,
  });
  trainer.weight = 7;
  await callback.onEpochEnd(0, { val_loss: 0.456, loss: NaN });
  expect([...stored.keys()]).toEqual(['e01-0.46']);
  expect(weightIn(stored.get('e01-0.46'))).toBe(7);
  expect(decodeCheckpoint(stored.get('e01-0.46')!).training.state).toEqual({
    content: 'weights',
    epoch: 0,
    batch: null,
    logs: { val_loss: 0.456, loss: NaN },
  });
  expect(trainer.heldCaptures).toBe(0);
});

test('writes the whole training when the loop captures it', async () => {
  const { callback, trainer, stored } = begin();
  await callback.onEpochEnd(4, { loss: 1 });
  expect(stored.size).toBe(0);
  trainer.weight = 3;
  await trainer.captureRequested();
  expect(weightIn(stored.get('epoch-5'))).toBe(3);
  expect(decodeCheckpoint(stored.get('epoch-5')!).training.state).toHaveProperty('progress');
  expect(trainer.heldCaptures).toBe(0);
});

test('releases the weights where the store fails', async () => {
  for (const saveWeightsOnly of [true, false]) {
    const store = { ...mapStore(), set: () => Promise.reject(new Error('full')) };
    const callback = new ModelCheckpoint(store, { saveWeightsOnly });
    const trainer = new FakeTrainer();
    callback.setModel(trainer);
    const end = async () => {
      await callback.onEpochEnd(0, {});
      await trainer.captureRequested();
    };
    await expect(end()).rejects.toThrow('full');
    expect(trainer.heldCaptures).toBe(0);
  }
});

test.each([true, false])(
  'a store that rejects with nothing fails with an error that names it, saveWeightsOnly: %s',
  async (saveWeightsOnly) => {
    const broken = { ...mapStore(), name: 'lab', set: () => Promise.reject() };
    const { callback, trainer } = begin({ keyPattern: 'best', saveWeightsOnly }, new Map(), broken);
    const end = async () => {
      await callback.onEpochEnd(0, {});
      await trainer.captureRequested();
    };
    await expect(end()).rejects.toMatchObject({
      code: 'KEEPFIT_BACKUP_FAILED',
      message: expect.stringContaining('set("best") of lab failed without an Error'),
    });
  },
);

test('a store that does not answer is warned about once in a training, after 10 s', async () => {
  fakeTimers();
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  const answers: (() => void)[] = [];
  const slow = mapStore();
  const set: CheckpointStore['set'] = async (key, content) => {
    await new Promise<void>((resolve) => answers.push(resolve));
    return slow.set(key, content);
  };
  const { callback } = begin({ saveWeightsOnly: true }, new Map(), { ...slow, name: 'lab', set });
  for (const epoch of [0, 1]) {
    const end = callback.onEpochEnd(epoch, {});
    await vi.advanceTimersByTimeAsync(9999);
    expect(warn).toHaveBeenCalledTimes(epoch);
    await vi.advanceTimersByTimeAsync(60_000);
    answers[epoch]!();
    await end;
  }
  expect(warn).toHaveBeenCalledExactlyOnceWith(
    expect.stringContaining('waited 10 s so far for set("epoch-1") of lab'),
  );
  expect(vi.getTimerCount()).toBe(0);
});

test('with saveBestOnly keeps the best under one key', async () => {
  const { callback, trainer, stored } = begin({
    keyPattern: 'best',
    monitor: 'val_accuracy',
    saveBestOnly: true,
    saveWeightsOnly: true,
  });
  for (const [epoch, accuracy] of [0.5, 0.7, 0.6].entries()) {
    trainer.weight = epoch;
    await callback.onEpochEnd(epoch, { val_accuracy: accuracy });
  }
  expect([callback.best, weightIn(stored.get('best'))]).toEqual([0.7, 1]);
});

const bestOnly = { saveBestOnly: true, saveWeightsOnly: true } as const;

/** Ends epochs with these logs, and lists those that wrote, from 1. */
async function endEpochs(
  { callback, stored }: ReturnType<typeof begin>,
  logs: readonly Readonly<Record<string, number>>[],
) {
  const wrote: number[] = [];
  for (const [epoch, entry] of logs.entries()) {
    const size = stored.size;
    await callback.onEpochEnd(epoch, entry);
    if (stored.size > size) wrote.push(epoch + 1);
  }
  return wrote;
}

/** What a run with `validationFreq: 2` logs. */
const everySecond: readonly Readonly<Record<string, number>>[] = [
  { loss: 9 },
  { loss: 8, val_loss: 3 },
  { loss: 7 },
  { loss: 6, val_loss: 4 },
  { loss: 5 },
];

test('with saveBestOnly writes nothing in an epoch without the monitored log, and warns once a fit', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  const training = begin(bestOnly);
  expect(await endEpochs(training, everySecond)).toEqual([2]);
  expect(training.callback.best).toBe(3);
  expect(warn.mock.calls).toEqual([
    [expect.stringMatching(/"val_loss", which is not among the logs of this epoch: loss. .*writes nothing/)],
  ]);
  const resumed = begin(bestOnly);
  resumed.callback.setState(structuredClone(training.callback.getState()) as never);
  expect(await endEpochs(resumed, [{ loss: 1 }, { val_loss: 3 }, { loss: 1 }, { val_loss: 2 }])).toEqual([4]);
  expect(warn).toHaveBeenCalledTimes(2);
});

test('with a log of the validation in its key writes nothing in an epoch without validation, and warns once', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  const training = begin({ saveWeightsOnly: true, keyPattern: 'e{epoch}-{val_loss:.1f}' });
  expect(await endEpochs(training, everySecond)).toEqual([2, 4]);
  expect([...training.stored.keys()]).toEqual(['e2-3.0', 'e4-4.0']);
  expect(warn.mock.calls).toEqual([[expect.stringMatching(/needs "val_loss" for its key.*writes nothing/)]]);
});

test('takes no value for the best if the key of its checkpoint cannot be made', async () => {
  vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  const training = begin({ ...bestOnly, monitor: 'loss', keyPattern: 'e{epoch}-{val_loss}' });
  expect(await endEpochs(training, [{ loss: 1 }, { loss: 2, val_loss: 2 }])).toEqual([2]);
  expect(training.callback.best).toBe(2);
});

test('refuses a key with a log that neither training nor validation has', async () => {
  for (const [keyPattern, logs] of [
    ['{los}', { loss: 1 }],
    ['{val_los}', { loss: 1, val_loss: 1 }],
  ] as const)
    await expect(begin({ keyPattern }).callback.onEpochEnd(0, logs)).rejects.toThrow(
      /KEEPFIT_INVALID_OPTION: .*has no value here/,
    );
});

test('never takes NaN for the best, nor keeps it as that', async () => {
  const training = begin({ ...bestOnly, monitor: 'loss' });
  const losses = [NaN, 3, NaN, 2, Infinity];
  expect(
    await endEpochs(
      training,
      losses.map((loss) => ({ loss })),
    ),
  ).toEqual([2, 4]);
  const resumed = begin({ ...bestOnly, monitor: 'loss' });
  resumed.callback.setState({ ...training.callback.getState(), best: NaN });
  expect(await endEpochs(resumed, [{ loss: 7 }])).toEqual([1]);
});

test.each([-Infinity, 0.5])('writes nothing that does not beat an initial value of %d', async (threshold) => {
  const options = {
    ...bestOnly,
    monitor: 'accuracy',
    mode: 'max',
    initialValueThreshold: threshold,
  } as const;
  const logs = [0.4, 0.6, 0.5].map((accuracy) => ({ accuracy }));
  const expected = threshold === 0.5 ? [2] : [1, 2];
  expect(await endEpochs(begin(options), logs)).toEqual(expected);
  const resumed = begin(options);
  resumed.callback.setState({ ...resumed.callback.getState(), best: null });
  expect(await endEpochs(resumed, logs)).toEqual(expected);
});

test.each([
  { former: 0.3, reached: [0.5], now: 0.8, best: 0.8 },
  { former: 0.3, reached: [0.5], now: undefined, best: undefined },
  { former: undefined, reached: [], now: 0.8, best: 0.8 },
  { former: 0.8, reached: [0.5], now: 0.3, best: 0.3 },
  { former: 0.8, reached: [0.5], now: 0.9, best: 0.5 },
  { former: 0.8, reached: [0.5], now: undefined, best: 0.5 },
])('a resumed run has another initial value than $former: $now', async ({ former, reached, now, best }) => {
  const create = (threshold: number | undefined) =>
    begin({ ...bestOnly, ...(threshold !== undefined && { initialValueThreshold: threshold }) });
  const killed = create(former);
  await endEpochs(
    killed,
    reached.map((loss) => ({ val_loss: loss })),
  );
  const resumed = create(now);
  resumed.callback.setState(structuredClone(killed.callback.getState()) as never);
  expect(resumed.callback.best).toBe(best);
  const again = create(now);
  again.callback.setState(structuredClone(resumed.callback.getState()) as never);
  expect(again.callback.best).toBe(best);
});

test.each([
  { saveBestOnly: true },
  { saveBestOnly: true, monitor: 'val_accuracy' },
  { keyPattern: 'e{epoch}-{val_loss:.2f}' },
])('refuses to write every few batches by a log of the validation: %o', (options) => {
  expect(() => begin({ ...options, saveFreq: 4 })).toThrow(
    /KEEPFIT_INVALID_OPTION: .*"val_(loss|accuracy)" at the end of batches.*; set saveFreq to "epoch"/,
  );
});

test.each([
  { saveBestOnly: true, monitor: 'learning_rate', mode: 'min' },
  { keyPattern: '{learning_rate}' },
] as const)('refuses, in the first batch, a log that batches lack: %o', async (options) => {
  const { callback } = begin({ ...options, saveFreq: 4 });
  callback.onEpochBegin(0);
  callback.onTrainBatchBegin(0);
  await expect(callback.onTrainBatchEnd(0, { loss: 1, mae: 2 })).rejects.toThrow(
    /KEEPFIT_INVALID_OPTION: .*"learning_rate".*logs of a batch: loss, mae; set saveFreq to "epoch"/,
  );
});

test('writes every few batches by a log that batches have, also under its other name', async () => {
  vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  const { callback, stored } = begin({ ...bestOnly, monitor: 'acc', saveFreq: 1, keyPattern: 'b{batch}' });
  callback.onEpochBegin(0);
  for (const [batch, accuracy] of [0.5, 0.4, 0.6].entries()) {
    callback.onTrainBatchBegin(batch);
    await callback.onTrainBatchEnd(batch, { loss: 1, accuracy });
  }
  expect([...stored.keys()]).toEqual(['b1', 'b3']);
});

test('does not ask for a log that decides nothing', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  const { callback, stored } = begin({ ...everyFour, monitor: 'val_loss' });
  await train(callback, steps);
  expect([stored.size, warn.mock.calls]).toEqual([3, []]);
});

const everyFour = { keyPattern: 'e{epoch}-b{batch}', saveFreq: 4, saveWeightsOnly: true } as const;

async function train(callback: ModelCheckpoint, steps: readonly (readonly [epoch: number, batch: number])[]) {
  let previous = -1;
  for (const [epoch, batch] of steps) {
    if (epoch !== previous) callback.onEpochBegin(epoch);
    previous = epoch;
    await trainBatches(callback, batch, batch);
  }
}

async function trainBatches(callback: ModelCheckpoint, first: number, last: number) {
  callback.onTrainBatchBegin(first);
  await callback.onTrainBatchEnd(last, {});
}

const steps = [0, 1, 2].flatMap((epoch) => [0, 1, 2, 3, 4].map((batch) => [epoch, batch] as const));
const written = ['e1-b4', 'e2-b3', 'e3-b2'];

test('counts batches across epochs', async () => {
  const { callback, stored } = begin(everyFour);
  await train(callback, steps);
  await callback.onEpochEnd(2, {});
  expect([...stored.keys()]).toEqual(written);
});

test('counts the batches of an execution of several', async () => {
  const { callback, stored } = begin(everyFour);
  for (const epoch of [0, 1]) {
    callback.onEpochBegin(epoch);
    for (const [first, last] of [
      [0, 2],
      [3, 4],
    ] as const)
      await trainBatches(callback, first, last);
  }
  expect([...stored.keys()]).toEqual(['e1-b5', 'e2-b5']);
});

for (let done = 0; done <= steps.length; done += 1) {
  test(`resumed after batch ${done} writes the same checkpoints`, async () => {
    const killed = begin(everyFour);
    await train(killed.callback, steps.slice(0, done));
    const resumed = begin(everyFour, killed.stored);
    const [epoch] = steps[done] ?? [3];
    resumed.callback.onEpochBegin(epoch);
    const isWithinEpoch = done % 5 !== 0;
    resumed.callback.setState(structuredClone(killed.callback.getState()) as never);
    if (!isWithinEpoch) resumed.callback.onEpochBegin(epoch);
    for (const [at, batch] of steps.slice(done)) {
      if (batch === 0) resumed.callback.onEpochBegin(at);
      await trainBatches(resumed.callback, batch, batch);
    }
    expect([...killed.stored.keys()]).toEqual(written);
  });
}

test('does not count the batches that were trained before it came into the list', async () => {
  const { callback, stored } = begin(everyFour);
  callback.onEpochBegin(0);
  for (const batch of [3, 4]) await trainBatches(callback, batch, batch);
  expect(stored.size).toBe(0);
});

test('a resumed run writes the training that was asked for and not yet written', async () => {
  const killed = begin({ saveBestOnly: true, monitor: 'loss' });
  await killed.callback.onEpochEnd(0, { loss: 1 });
  expect(killed.callback.getState()['pendingKey']).toBe('epoch-1');
  const resumed = begin({ saveBestOnly: true, monitor: 'loss' });
  resumed.callback.setState(structuredClone(killed.callback.getState()) as never);
  await resumed.trainer.captureRequested();
  expect([...resumed.stored.keys()]).toEqual(['epoch-1']);
  expect(resumed.callback.getState()['pendingKey']).toBe(null);
  resumed.callback.onEpochBegin(1);
  resumed.stored.clear();
  await resumed.trainer.captureRequested();
  expect(resumed.stored.size).toBe(0);
});

test('reads batch logs only where it needs them', () => {
  const reads = (options: ModelCheckpointOptions) => new ModelCheckpoint(mapStore(), options).batchLogs;
  expect(reads({})).toBe(false);
  expect(reads(everyFour)).toBe(false);
  expect(reads({ saveFreq: 2, saveBestOnly: true })).toBe(true);
  expect(reads({ saveFreq: 2, keyPattern: 'loss-{loss}' })).toBe(true);
});

test('says what it does, with verbose 1', async () => {
  const log = vi.spyOn(console, 'log').mockImplementation(() => undefined);
  const { callback } = begin({ verbose: 1, saveBestOnly: true, monitor: 'loss', saveWeightsOnly: true });
  await callback.onEpochEnd(0, { loss: 0.5 });
  await callback.onEpochEnd(1, { loss: 0.75 });
  expect(log.mock.calls.flat()).toEqual([
    '\nEpoch 1: loss improved from none to 0.5.',
    '\nEpoch 1: saving the weights as epoch-1.',
    '\nEpoch 2: loss did not improve from 0.5.',
  ]);
});

const refused = [
  { keyPattern: 'A' },
  { keyPattern: 5 },
  { saveFreq: 0 },
  { saveFreq: 'batch' },
  { saveFreq: { seconds: 300 } },
  { initialValueThreshold: NaN },
  { keyPattern: 'e{epoch}-b{batch}' },
  { filepath: 'x' },
];

test.each(refused)('refuses the options %o', (options) => {
  expect(() => new ModelCheckpoint(mapStore(), options as never)).toThrow(
    expect.objectContaining({ code: 'KEEPFIT_INVALID_OPTION' }),
  );
});

test('refuses what is no store', () => {
  expect(() => new ModelCheckpoint('models' as never)).toThrow(
    expect.objectContaining({ code: 'KEEPFIT_INVALID_OPTION' }),
  );
});
