import { BackupAndRestore, type BackupAndRestoreOptions, type CheckpointStore } from '@keepfit/callbacks';
import { expect } from 'vitest';
import { caught } from './caught.js';
import { type CrashPoint, throwAt } from './throw-at.js';
import { type Ended, type PlainRun, plainTrainer, trainPlain } from './train-plain.js';
import { memoryStore } from '@keepfit/store-memory';

export interface CrashingRun extends PlainRun {
  readonly store?: CheckpointStore;
  readonly backup?: BackupAndRestoreOptions;
  /** One a fit; each point is counted from the begin of its fit. */
  readonly crashes: readonly CrashPoint[];
}

/**
 * Trains with a crash in each fit but the last, each fit with other initial weights and a fresh optimizer.
 */
export async function crashAndResume({
  store = memoryStore(),
  backup = {},
  crashes,
  before = [],
  ...run
}: CrashingRun): Promise<Ended> {
  for (const [attempt, crash] of crashes.entries()) {
    const trainer = plainTrainer({ ...run, init: initOf(run, attempt) });
    const callbacks = [new BackupAndRestore(store, backup), ...before, throwAt(crash)];
    const error = await caught(trainPlain({ ...run, before: callbacks }, trainer));
    expect(error).toMatchObject({
      code: 'KEEPFIT_HOOK_FAILED',
      cause: { message: `crash at ${crash.hook} ${crash.call}` },
    });
  }
  const init = initOf(run, crashes.length);
  return trainPlain({ ...run, init, before: [new BackupAndRestore(store, backup), ...before] });
}

/** The first fit has the initial weights of the uninterrupted run. */
function initOf({ init = 1 }: PlainRun, attempt: number): number {
  return init + 100 * attempt;
}
