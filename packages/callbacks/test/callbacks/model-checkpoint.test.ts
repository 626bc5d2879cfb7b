import { afterEach, expect, test, vi } from 'vitest';
import { decodeCheckpoint } from '../../src/format/decode-checkpoint.js';
import { ModelCheckpoint, type ModelCheckpointOptions } from '../../src/callbacks/model-checkpoint.js';
import { FakeTrainer } from '../fake-trainer.js';
import { mapStore } from '../map-store.js';

afterEach(() => void vi.restoreAllMocks());

function begin(options: ModelCheckpointOptions = {}, stored = new Map<string, Uint8Array>()) {
  const callback = new ModelCheckpoint(mapStore(stored), options);
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

test('saves all the same, with one warning, where the monitored log is missing', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  const { callback, stored } = begin({ saveBestOnly: true, saveWeightsOnly: true });
  for (const epoch of [0, 1]) await callback.onEpochEnd(epoch, { loss: 1 });
  expect([stored.size, warn.mock.calls.length]).toEqual([2, 1]);
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
