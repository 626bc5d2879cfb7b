import { checkOptions, isBoolean, isPositiveInteger } from '../checks/check-options.js';
import { isStateRecord } from '../checks/read-state.js';
import type { Difference } from '../contract/trainer-view.js';
import type { SaveFreq } from './backup-schedule.js';
import { checkBackupName } from './check-backup-name.js';

/** How to treat a checkpoint of a different training. */
export type MismatchDecision = 'error' | 'continue' | 'restart';

export interface BackupAndRestoreOptions {
  /**
   * When to back up:
   *
   * - `'epoch'`: at the end of each epoch, after validation.
   * - A number: whenever this many batches were trained since the last backup.
   * - `{ seconds }`: at the first end of a batch or epoch when this much time has passed since the last backup.
   *
   * Batches and time count across epochs and resumes. The time in which no training runs does not count. Use a
   * number or `{ seconds }` if an epoch is longer than the time you are ready to train twice.
   *
   * @default 'epoch'
   */
  readonly saveFreq?: SaveFreq;
  /**
   * Delete the checkpoint when training completes. If false, the checkpoint of a complete run is kept: fit
   * then restores it and trains nothing, unless `epochs` is raised.
   *
   * @default true
   */
  readonly deleteCheckpoint?: boolean;
  /**
   * Keep two checkpoints, written in turn, so that an unreadable one leaves the other. Takes twice the space.
   *
   * @default false
   */
  readonly doubleCheckpoint?: boolean;
  /** The key in the store. Give each training that shares a store its own. @default 'backup' */
  readonly name?: string;
  /**
   * When aborted, fit backs up at the next batch boundary and rejects with KEEPFIT_INTERRUPTED.
   *
   * @default none
   */
  readonly preemption?: AbortSignal;
  /**
   * How many seconds a training waits for its store after `preemption` was aborted, all waits together. Then it
   * ends with KEEPFIT_STORE_FAILED, and the last good checkpoint, or the one in flight, remains. Infinity: no
   * limit.
   *
   * @default 20
   */
  readonly preemptionTimeout?: number;
  /**
   * How many seconds a training waits, before its first batch, while another one holds the lock. It prints who holds
   * it, tries again each second, and continues from the last checkpoint when the other one has ended or died. After
   * that time fit rejects with KEEPFIT_STORE_LOCKED; if `preemption` aborts, with KEEPFIT_INTERRUPTED. Infinity: no
   * limit.
   *
   * @default 0: rejects at once
   */
  readonly lockTimeout?: number;
  /**
   * What to do if the checkpoint is from a training that differs from this one, for instance in batch size or
   * optimizer: `'error'` rejects with KEEPFIT_CHECKPOINT_MISMATCH, which lists the differences. `'continue'`
   * restores anyway if the shapes of the weights fit; it restores the optimizer's state if it is of the same
   * kind. `'restart'` ignores the checkpoint and starts from scratch; the first backup replaces it. A
   * function receives the differences and returns one of these.
   *
   * @default 'error'
   */
  readonly onMismatch?: MismatchDecision | ((differences: readonly Difference[]) => MismatchDecision);
  /**
   * The clock of `saveFreq: { seconds }`: returns the time in milliseconds, from any origin. A monotonic one
   * is best.
   *
   * @default performance.now, as it is when keepfit is loaded
   */
  readonly now?: () => number;
}

/** @throws KEEPFIT_INVALID_OPTION when an option is unknown or invalid. */
export function checkBackupOptions(options: BackupAndRestoreOptions): void {
  checkOptions('BackupAndRestore', options, {
    saveFreq: [
      (value) => value === 'epoch' || isPositiveInteger(value) || isStateRecord(value),
      '"epoch", a positive integer or { seconds }',
    ],
    deleteCheckpoint: [isBoolean, 'true or false'],
    doubleCheckpoint: [isBoolean, 'true or false'],
    name: [(value) => checkBackupName(value as string) === value, 'a key'],
    preemption: [
      (value) => typeof (value as Partial<AbortSignal> | null)?.aborted === 'boolean',
      'an AbortSignal',
    ],
    preemptionTimeout: [(value) => (value as number) > 0 && typeof value === 'number', 'a positive number'],
    lockTimeout: [
      (value) => (value as number) >= 0 && typeof value === 'number',
      'a number of seconds, 0 or more',
    ],
    onMismatch: [isDecision, '"error", "continue", "restart" or a function that returns one of these'],
    now: [(value) => typeof value === 'function', 'a function that returns milliseconds'],
  });
  const { saveFreq } = options;
  if (typeof saveFreq !== 'object') return;
  const isDuration = (value: unknown) => Number.isFinite(value) && (value as number) > 0;
  // `?? null`: the option is refused if it is missing.
  checkOptions(
    'saveFreq of BackupAndRestore',
    { ...saveFreq, seconds: saveFreq.seconds ?? null },
    { seconds: [isDuration, 'a positive number'] },
  );
}

function isDecision(value: unknown): boolean {
  return typeof value === 'function' || value === 'error' || value === 'continue' || value === 'restart';
}

/** A summary of a backup. */
export interface BackupSummary {
  /** The current epoch, from 0. */
  readonly epoch: number;
  /** Batches trained in that epoch. */
  readonly batch: number;
  /** Batches trained since epoch 0. */
  readonly step: number;
  readonly savedAt: Date;
  /** The version of keepfit that wrote it. */
  readonly library: string;
}
