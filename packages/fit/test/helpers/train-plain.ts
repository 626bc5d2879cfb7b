import type { CallbackHooks, History } from '@keepfit/callbacks';
import { type FitOptions, type MetricOption, Trainer, type TrainerOptions } from '@keepfit/fit';
import { auc } from '@keepfit/fit/metrics';
import { train } from '@tensorflow/tfjs-core';
import { plainData } from './plain-data.js';
import { plainModel } from './plain-model.js';
import { type Proof, proofOfEnd } from './proof-of-end.js';
import { type HookCall, recordHooks } from './record-hooks.js';
import { countHooks, decayRate } from './stateful-callbacks.js';

export const EPOCHS = 3;
/** Train batches an epoch; the last has one sample. */
export const BATCHES = 4;
/** Validation batches an epoch. */
export const TEST_BATCHES = 2;

export interface PlainRun {
  /** The seed of the initial weights. */
  readonly init?: number;
  /** Callbacks around those that every run has. */
  readonly before?: readonly CallbackHooks[];
  readonly after?: readonly CallbackHooks[];
  readonly trainer?: Partial<TrainerOptions>;
  readonly options?: FitOptions;
}

/** What came of a run that ended. */
export interface Ended {
  readonly proof: Proof;
  readonly calls: readonly HookCall[];
  readonly returned: History;
  readonly whole: History;
}

/** Means, one that depends on the shapes, and two with states of their own. */
export function plainMetrics(): MetricOption[] {
  return ['mse', 'accuracy', 'precision', auc({ numThresholds: 6 })];
}

/** A trainer of a fresh plain model with a fresh optimizer. */
export function plainTrainer({ init = 1, trainer = {} }: Pick<PlainRun, 'init' | 'trainer'> = {}): Trainer {
  return new Trainer(plainModel(init), {
    optimizer: train.adam(0.05),
    loss: 'binaryCrossentropy',
    metrics: plainMetrics(),
    ...trainer,
  });
}

/**
 * The data and options of every run. A turn after every batch, so that what a store holds then does not
 * depend on how fast it goes.
 */
export function plainFitOptions(): FitOptions {
  const { x, y } = plainData(5, 10);
  return { epochs: EPOCHS, batchSize: 3, seed: 7, validationData: [x, y], verbose: 0, yieldEvery: 0 };
}

/** Trains a fresh plain model to its end, and tells all that can be seen of it. */
export async function trainPlain(run: PlainRun = {}, trainer = plainTrainer(run)): Promise<Ended> {
  const { before = [], after = [], options = {} } = run;
  const recorder = recordHooks();
  const end = proofOfEnd();
  const { x, y } = plainData(10);
  const callbacks = [...before, recorder, countHooks(), decayRate(), ...after, end];
  const returned = await trainer.fit(x, y, { ...plainFitOptions(), ...options, callbacks });
  return { proof: end.proof, calls: recorder.calls, returned, whole: trainer.history };
}
