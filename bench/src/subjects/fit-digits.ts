import { BackupAndRestore, type CallbackHooks } from '@keepfit/callbacks';
import { type Model, Trainer } from '@keepfit/fit';
import { fsStore } from '@keepfit/store-fs';
import { train } from '@tensorflow/tfjs-core';
import type { Digits } from './digits.js';
import { createTimedStore } from './timed-store.js';

export const BATCH = 32;

/** Creates the trainer of the table in docs/performance.md: Adam, batches of 32. */
export function createDigitTrainer(model: Model): Trainer {
  return new Trainer(model, { optimizer: train.adam(0.001), loss: 'categoricalCrossentropy' });
}

export interface DigitRun {
  /** The number of checkpoints written. */
  readonly backups: number;
  /** The time from the first batch to the end of the last epoch. */
  readonly milliseconds: number;
}

/** Trains one epoch, or `epochs`, with a backup every `saveFreq`, or without backups. */
export async function fitDigits(
  trainer: Trainer,
  { x, y }: Digits,
  {
    folder,
    saveFreq,
    epochs = 1,
  }: { folder: string; saveFreq: number | 'epoch' | undefined; epochs?: number },
): Promise<DigitRun> {
  const { store, writes } = createTimedStore(fsStore(folder));
  const callbacks: CallbackHooks[] =
    saveFreq === undefined ? [] : [new BackupAndRestore(store, { saveFreq })];
  let begin = NaN;
  let end = NaN;
  callbacks.push({
    batchLogs: false,
    onTrainBatchBegin: () => {
      if (Number.isNaN(begin)) begin = performance.now();
    },
    onEpochEnd: () => {
      end = performance.now();
    },
  });
  await trainer.fit(x, y, { epochs, batchSize: BATCH, verbose: 0, callbacks });
  return { backups: writes.length, milliseconds: end - begin };
}
