import {
  BackupAndRestore,
  type CallbackHooks,
  type CheckpointStore,
  type SaveFreq,
} from '@keepfit/callbacks';
import { type BatchData, type FitOptions, type Model, Trainer } from '@keepfit/fit';
import { memoryStore } from '@keepfit/store-memory';
import { data as tfData } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import { caught } from './caught.js';
import { continueOnce } from './continue-once.js';
import { type CrashPoint, throwAt } from './throw-at.js';

/** What a program ended with: the bits of the weights and the history of the whole run. */
export interface LinearEnd {
  readonly weights: string;
  readonly history: Readonly<Record<string, readonly number[]>>;
}

/** A whole program: it makes its data, as a new process does, and trains with these callbacks. */
export type Program = (callbacks: readonly CallbackHooks[]) => Promise<LinearEnd>;

/** The frequencies of backups that matter for data: at the end of a pass, at each batch, and in between. */
export const SAVE_FREQS = ['epoch', 1, 3] as const;

/** A model of one kernel of two weights. */
function linearModel(): Model {
  const kernel = tf.variable(tf.tensor2d([[0.5], [0.25]]));
  return {
    weights: [{ name: 'kernel', variable: kernel, trainable: true }],
    call: (input) => tf.matMul(input as tf.Tensor2D, kernel as tf.Tensor2D),
  };
}

export function linearTrainer(): Trainer {
  return new Trainer(linearModel(), { optimizer: tf.train.momentum(0.05, 0.9), loss: 'mse' });
}

/** Trains a fresh linear model on batches. */
export async function trainLinear(
  x: BatchData,
  options: FitOptions,
  trainer = linearTrainer(),
): Promise<LinearEnd> {
  await trainer.fit(x, { epochs: 3, seed: 3, verbose: 0, ...options });
  return endOf(trainer);
}

export function endOf({ model, history }: Trainer): LinearEnd {
  const bytes = model.weights.map(({ variable }) => Buffer.from(variable.dataSync().slice().buffer));
  return { weights: Buffer.concat(bytes).toString('hex'), history: history.history };
}

/** Rows of a tf.data dataset: `from` to before `to`, two inputs and a target each. */
export function rows(from: number, to: number): tfData.Dataset<{ xs: number[]; ys: number[] }> {
  const list = Array.from({ length: to - from }, (_, index) => ({
    xs: [Math.sin(from + index), 1],
    ys: [Math.cos(3 * (from + index))],
  }));
  return tfData.array(list) as unknown as tfData.Dataset<{ xs: number[]; ys: number[] }>;
}

/** The dataset as `fit` takes it. */
export function batches(dataset: unknown): BatchData {
  return dataset as BatchData;
}

/**
 * Ends the program at each of these calls and runs it again; it must end as if nothing had happened.
 *
 * @param saveFreqs Each crash meets each of them. @default `SAVE_FREQS` in turns, one for each crash
 */
export async function proveExact(
  program: Program,
  crashes: readonly CrashPoint[],
  saveFreqs?: readonly ('epoch' | number)[],
): Promise<void> {
  const whole = await program([]);
  const backup = (store: CheckpointStore, saveFreq: SaveFreq) => new BackupAndRestore(store, { saveFreq });
  const resumes = new Map(
    (saveFreqs ?? SAVE_FREQS).map((saveFreq) => [
      saveFreq,
      continueOnce((store) => program([backup(store, saveFreq)])),
    ]),
  );
  for (const [index, crash] of crashes.entries()) {
    const turn = SAVE_FREQS[index % SAVE_FREQS.length] ?? 'epoch';
    for (const saveFreq of saveFreqs ?? [turn]) {
      const store = memoryStore();
      const error = await caught(program([backup(store, saveFreq), throwAt(crash)]));
      expect(error).toMatchObject({ code: 'KEEPFIT_HOOK_FAILED' });
      const resumed = await resumes.get(saveFreq)?.(store);
      expect(resumed, `saveFreq ${saveFreq}, ${crash.hook} ${crash.call}`).toEqual(whole);
    }
  }
}

/** The first calls of a hook. */
export function calls(hook: CrashPoint['hook'], count: number): CrashPoint[] {
  return Array.from({ length: count }, (_, index) => ({ hook, call: index + 1 }));
}
