import { BackupAndRestore } from '@keepfit/callbacks';
import { type Model, Trainer } from '@keepfit/fit';
import { fsStore } from '@keepfit/store-fs';
import { train } from '@tensorflow/tfjs-core';
import { createRandomData } from '../subjects/random-data.js';
import { createTimedStore } from '../subjects/timed-store.js';
import { getQuantile } from './quartiles.js';

export interface StepTimes {
  /** Milliseconds of the steps during a backup, including its capture. */
  readonly during: readonly number[];
  /** Milliseconds of all other steps. */
  readonly outside: readonly number[];
  readonly backups: number;
}

const BATCH = 32;

/**
 * Trains with a backup every `saveFreq` steps, and times each step from its start to the start of the next.
 */
export async function timeSteps(
  model: Model,
  folder: string,
  steps: number,
  saveFreq: number,
): Promise<StepTimes> {
  const { x, y } = createRandomData(BATCH * steps, [784], 10);
  const { store, writes } = createTimedStore(fsStore(folder));
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

/** Returns how much longer a step takes during backups, at one quantile of both. */
export function getExtraTime({ during, outside }: StepTimes, part: number): number {
  return getQuantile(during, part) - getQuantile(outside, part);
}
