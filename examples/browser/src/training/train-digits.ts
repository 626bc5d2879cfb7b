// One training, the same in a page's worker and in Node; the differences are arguments.
import {
  BackupAndRestore,
  type CallbackHooks,
  type CheckpointStore,
  type Engine,
  fit,
  getTrainer,
  type Logs,
  type MismatchDecision,
  predict,
  seeded,
} from 'keepfit';
import * as tf from '@tensorflow/tfjs-core';
import type { Sequential } from '@tensorflow/tfjs-layers';
import { buildModel } from './build-model.js';
import { type Curve, collectLossCurve } from './loss-curve.js';
import type { Digits } from './read-digits.js';
import { BACKUP, BATCH_SIZE, type Settings } from './settings.js';
import { noteSettings } from './settings-note.js';
import { digestWeights } from './digest-weights.js';

/** The reports of a running training. All members are called in order; none is awaited. */
export interface TrainingReports {
  begin(steps: number, epochs: number): void;
  epoch(epoch: number): void;
  batch(batch: number): void;
  /** A backup of the current state begins. */
  backup(): void;
  curve(curve: Curve): void;
  history(epochs: readonly number[], history: Readonly<Record<string, readonly number[]>>): void;
  /** The probability of each class, for each of the first test digits: [samples × 10]. */
  samples(probabilities: Float32Array): void;
}

export interface DigitsTraining {
  readonly settings: Settings;
  readonly store: CheckpointStore;
  readonly training: Digits;
  readonly test: Digits;
  /** When aborted, the training backs up and stops, to be continued later. */
  readonly pause: AbortSignal;
  readonly onMismatch: MismatchDecision;
  /** Computes the shards of the batches. @default the thread of the training, without shards */
  readonly engine?: Engine | undefined;
  readonly reports: TrainingReports;
  /** Gets the controls of the training once it runs. */
  steer?(controls: TrainingControls): void;
}

export interface TrainingControls {
  /** Ends the run after the current batch, as complete. */
  stop(): void;
  backUpSoon(): void;
}

/** How many test digits are shown with their predictions. */
export const SAMPLES = 12;
const SEED = 42;
const CURVE_EVERY = 5;

/**
 * Trains, and continues from the store's backup if there is one. Resolves to the SHA-256 of the final
 * weights.
 */
export async function trainDigits(given: DigitsTraining): Promise<string> {
  const { settings, store, training, test, pause, onMismatch, engine, reports, steer } = given;
  const model = seeded(SEED, () => buildModel(settings.model));
  const backup = new BackupAndRestore(store, {
    name: BACKUP,
    saveFreq: settings.saveFreq,
    preemption: pause,
    onMismatch,
  });
  const show = showProgress(model, test, reports);
  try {
    const running = fit(model, training.x, training.y, {
      epochs: settings.epochs,
      batchSize: BATCH_SIZE,
      seed: SEED,
      validationData: [test.x, test.y],
      verbose: 0,
      // A resume takes the number of shards from the checkpoint, also without the engine.
      ...(engine && { engine }),
      // The backup comes last, so that a pause requested by another callback applies to this batch.
      callbacks: [
        noteSettings(settings),
        collectLossCurve(CURVE_EVERY, reports.curve),
        show,
        { onBackup: () => reports.backup() },
        backup,
      ],
    });
    // The trainer's own switch counts from the call of fit on, also while a backup is restored.
    steer?.({
      stop: () => {
        getTrainer(model).stopTraining = true;
      },
      backUpSoon: () => backup.backUpSoon(),
    });
    await running;
    return await digestWeights(model);
  } finally {
    model.dispose();
  }
}

function showProgress(model: Sequential, test: Digits, reports: TrainingReports): CallbackHooks {
  let batchesDone = 0;
  const history = { epochs: [] as number[], values: {} as Record<string, number[]> };
  const samples = {
    data: test.x.data.slice(0, SAMPLES * 28 * 28) as Float32Array,
    shape: [SAMPLES, 28, 28, 1],
  };
  const showSamples = async () => {
    const outputs = (await predict(model, samples, { verbose: 0 })) as tf.Tensor;
    reports.samples((await outputs.data()) as Float32Array);
    tf.dispose(outputs);
  };
  return {
    name: 'DigitsProgress',
    batchLogs: false,
    setParams: ({ steps, epochs }) => reports.begin(steps ?? 0, epochs),
    getState: () => ({
      batchesDone,
      epochs: [...history.epochs],
      values: structuredClone(history.values),
    }),
    async setState(state) {
      history.epochs = [...(state['epochs'] as number[])];
      history.values = structuredClone(state['values'] as Record<string, number[]>);
      reports.history(history.epochs, history.values);
      // Within an epoch this comes after onEpochBegin, which reports its first batch.
      batchesDone = Number(state['batchesDone'] ?? 0);
      if (batchesDone > 0) reports.batch(batchesDone - 1);
      await showSamples();
    },
    onEpochBegin(epoch) {
      batchesDone = 0;
      reports.epoch(epoch);
    },
    onTrainBatchEnd(batch) {
      batchesDone = batch + 1;
      reports.batch(batch);
    },
    async onEpochEnd(epoch: number, logs: Logs) {
      history.epochs.push(epoch);
      for (const [key, value] of Object.entries(logs)) (history.values[key] ??= []).push(value);
      reports.history(history.epochs, history.values);
      await showSamples();
    },
  };
}
