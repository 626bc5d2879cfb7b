import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { CSVLogger } from '../../src/callbacks/csv-logger.js';
import { EarlyStopping } from '../../src/callbacks/early-stopping.js';
import { LearningRateScheduler } from '../../src/callbacks/learning-rate-scheduler.js';
import { ModelCheckpoint } from '../../src/callbacks/model-checkpoint.js';
import { ReduceLROnPlateau } from '../../src/callbacks/reduce-lr-on-plateau.js';
import { TerminateOnNaN } from '../../src/callbacks/terminate-on-nan.js';
import { FakeTrainer } from '../fake-trainer.js';
import { mapStore } from '../map-store.js';
import { MemorySink } from '../memory-sink.js';

/** What JSON cannot express. */
const specialNumbers = { nan: NaN, inf: Infinity, '-inf': -Infinity };
type SpecialNumber = keyof typeof specialNumbers;

/** The behaviour of Keras when it was fed the same logs; see the README beside the recordings. */
interface Recording {
  readonly callback: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly logs: readonly Readonly<Record<string, number | SpecialNumber>>[];
  readonly initialLearningRate?: number;
  readonly schedule?: string;
  readonly result: Readonly<Record<string, unknown>>;
}

const folder = process.env['KEEPFIT_KERAS'] ?? fileURLToPath(new URL('../data/keras', import.meta.url));
const file = join(folder, 'callbacks.json');
const cases = existsSync(file)
  ? (JSON.parse(readFileSync(file, 'utf8')) as { cases: readonly Recording[] }).cases
  : [];

const schedules: Readonly<Record<string, (epoch: number, learningRate: number) => number>> = {
  halve: (_epoch, learningRate) => learningRate * 0.5,
  step: (epoch) => 0.1 * 0.1 ** Math.floor(epoch / 3),
  cosine: (epoch) => 0.05 * (1 + Math.cos((Math.PI * epoch) / 10)),
};

type Replay = (recording: Recording, trainer: FakeTrainer) => Promise<unknown>;

const replays: Readonly<Record<string, Replay>> = {
  async EarlyStopping(recording, trainer) {
    const callback = new EarlyStopping(argsOf(recording));
    callback.setModel(trainer);
    callback.onTrainBegin();
    let stoppedEpoch: number | null = null;
    for (const [epoch, logs] of logsOf(recording).entries()) {
      trainer.weight = epoch;
      callback.onEpochEnd(epoch, logs);
      if (trainer.stopTraining) {
        stoppedEpoch = epoch;
        break;
      }
    }
    await callback.onTrainEnd();
    const restored = recording.args['restoreBestWeights'] === true ? { restoredEpoch: trainer.weight } : {};
    expect(callback.stoppedEpoch).toBe(stoppedEpoch ?? 0);
    return { stoppedEpoch, bestEpoch: callback.bestEpoch, wait: callback.wait, ...restored };
  },

  async ReduceLROnPlateau(recording, trainer) {
    const callback = new ReduceLROnPlateau(argsOf(recording));
    callback.setModel(trainer);
    callback.onTrainBegin();
    const learningRates = logsOf(recording).map((logs, epoch) => {
      callback.onEpochEnd(epoch, logs);
      return trainer.learningRate;
    });
    return { learningRates: learningRates.map(nearly) };
  },

  async LearningRateScheduler(recording, trainer) {
    const callback = new LearningRateScheduler(schedules[recording.schedule!]!, argsOf(recording));
    callback.setModel(trainer);
    const learningRates = recording.logs.map((_logs, epoch) => {
      callback.onEpochBegin(epoch);
      return trainer.learningRate;
    });
    return { learningRates: learningRates.map(nearly) };
  },

  async ModelCheckpoint(recording, trainer) {
    const stored = new Map<string, Uint8Array>();
    const callback = new ModelCheckpoint(mapStore(stored), { ...argsOf(recording), saveWeightsOnly: true });
    callback.setModel(trainer);
    callback.onTrainBegin();
    const written: number[] = [];
    for (const [epoch, logs] of logsOf(recording).entries()) {
      callback.onEpochBegin(epoch);
      await callback.onEpochEnd(epoch, logs);
      if (stored.delete(`epoch-${epoch + 1}`)) written.push(epoch);
    }
    expect(stored.size).toBe(0);
    return { written };
  },

  async CSVLogger(recording, trainer) {
    const sink = new MemorySink();
    const callback = new CSVLogger(sink, argsOf(recording));
    callback.setModel(trainer);
    await callback.onTrainBegin();
    for (const [epoch, logs] of logsOf(recording).entries()) await callback.onEpochEnd(epoch, logs);
    return { text: sink.text };
  },

  async TerminateOnNaN(recording, trainer) {
    const callback = new TerminateOnNaN();
    callback.setModel(trainer);
    const stoppedBatch = logsOf(recording).findIndex((logs, batch) => {
      callback.onTrainBatchEnd(batch, logs);
      return trainer.stopTraining;
    });
    return { stoppedBatch: stoppedBatch < 0 ? null : stoppedBatch };
  },
};

/** Python's None is an option that is not given. */
function argsOf({ args }: Recording): Record<string, unknown> {
  return Object.fromEntries(Object.entries(args).filter(([, value]) => value !== null));
}

const recordingKeys = ['callback', 'args', 'logs', 'initialLearningRate', 'schedule', 'result'];

/** A part of a recording that no replay reads must not go unnoticed. */
function checkRecording(recording: Recording): void {
  const unread = Object.keys(recording).filter((key) => !recordingKeys.includes(key));
  expect(unread, 'parts of a recording that this test does not replay').toEqual([]);
  if (recording.callback !== 'LearningRateScheduler') expect(recording).not.toHaveProperty('schedule');
}

function logsOf(recording: Recording): Record<string, number>[] {
  return recording.logs.map((logs) =>
    Object.fromEntries(
      Object.entries(logs).map(([key, value]) => [
        key,
        typeof value === 'number' ? value : specialNumbers[value],
      ]),
    ),
  );
}

/** A learning rate is recorded with nine decimals, and Keras keeps it in float32. */
function nearly(value: number): unknown {
  return expect.toSatisfy(
    (recorded: number) => Math.abs(recorded - value) <= 1e-6 * Math.abs(value) + 5e-10,
    `nearly ${value}`,
  );
}

beforeEach(() => void vi.spyOn(console, 'log').mockImplementation(() => undefined));
afterEach(() => void vi.restoreAllMocks());

const replayed = Object.keys(replays);
const lacking = existsSync(file)
  ? replayed.filter((name) => !cases.some(({ callback }) => callback === name))
  : ['any callback'];
for (const name of lacking)
  test.skip(`does what Keras did: the folder has no recording of ${name}`, () => undefined);

for (const name of new Set(cases.map((recording) => recording.callback))) {
  describe(`${name} does what Keras did`, () => {
    const recordings = cases.filter((recording) => recording.callback === name);
    test.each(recordings.map((recording, index) => [index, recording] as const))(
      'in recording %d',
      async (_index, recording) => {
        checkRecording(recording);
        const replay = replays[name];
        if (replay === undefined)
          throw new Error(`there is no callback ${name} to replay the recordings of Keras' with`);
        const trainer = new FakeTrainer({
          loss: 'min',
          val_loss: 'min',
          mae: 'min',
          val_mae: 'min',
          accuracy: 'max',
          val_accuracy: 'max',
        });
        trainer.learningRate = recording.initialLearningRate ?? trainer.learningRate;
        const result = await replay(recording, trainer);
        expect(recording.result).toEqual(result);
      },
    );
  });
}
