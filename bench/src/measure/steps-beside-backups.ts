import { BackupAndRestore } from '@keepfit/callbacks';
import { type Model, Trainer } from '@keepfit/fit';
import { fsStore } from '@keepfit/store-fs';
import { train } from '@tensorflow/tfjs-core';
import { randomData } from '../subjects/random-data.js';
import { timedStore } from '../subjects/timed-store.js';
import { quantile } from './quartiles.js';

export interface StepTimes {
  /** Milliseconds of the steps while a backup was under way, its capture included. */
  readonly during: readonly number[];
  /** And of all others. */
  readonly outside: readonly number[];
  readonly backups: number;
}

const BATCH = 32;

/** Trains with a backup now and then, and times each step from its beginning to that of the next. */
export async function stepsBesideBackups(
  model: Model,
  folder: string,
  steps: number,
  saveFreq: number,
): Promise<StepTimes> {
  const { x, y } = randomData(BATCH * steps, [784], 10);
  const { store, writes } = timedStore(fsStore(folder));
  const begins: number[] = [];
  const clock = { batchLogs: false, onTrainBatchBegin: () => void begins.push(performance.now()) };
  const trainer = new Trainer(model, { optimizer: train.adam(0.001), loss: 'categoricalCrossentropy' });
  await trainer.fit(x, y, {
    batchSize: BATCH,
    verbose: 0,
    callbacks: [new BackupAndRestore(store, { saveFreq }), clock],
  });
  const during: number[] = [];
  const outside: number[] = [];
  for (let step = 10; step + 1 < begins.length; step++) {
    const [begin = 0, end = 0] = [begins[step], begins[step + 1]];
    const isDuring = writes.some((write) => write.begin < end && write.end > begin);
    (isDuring ? during : outside).push(end - begin);
  }
  return { during, outside, backups: writes.length };
}

/** How much longer a step takes during backups, at one quantile of both. */
export function extraTime({ during, outside }: StepTimes, part: number): number {
  return quantile(during, part) - quantile(outside, part);
}
