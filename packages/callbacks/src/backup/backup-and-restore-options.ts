import { checkOptions, isBoolean, isPositiveInteger } from '../checks/check-options.js';
import type { Difference } from '../contract/trainer-view.js';
import { checkBackupName } from './check-backup-name.js';

/** What to do with a checkpoint that is of a differing training. */
export type MismatchDecision = 'error' | 'continue' | 'restart';

export interface BackupAndRestoreOptions {
  /**
   * Back up at the end of each epoch, after validation, or each time this many batches were trained since the last backup,
   * counted across epochs and resumes. Take a number where an epoch is longer than what you are ready to train twice.
   *
   * @default 'epoch'
   */
  saveFreq?: 'epoch' | number;
  /**
   * Delete the checkpoint when training completes. With false a complete run is kept: fit then restores it and trains nothing,
   * unless `epochs` is raised.
   *
   * @default true
   */
  deleteCheckpoint?: boolean;
  /**
   * Keep two checkpoints, written in turn, so that one that proves unreadable leaves the other. Costs twice the room.
   *
   * @default false
   */
  doubleCheckpoint?: boolean;
  /** The key in the store. Give each training that shares a store its own. @default 'backup' */
  name?: string;
  /** When aborted, fit backs up at the next batch boundary and rejects with KEEPFIT_INTERRUPTED. @default none */
  preemption?: AbortSignal;
  /**
   * What to do where the checkpoint is of a training that differs from this one, for instance in batch size or optimizer:
   * `'error'` rejects with KEEPFIT_CHECKPOINT_MISMATCH, which lists the differences; `'continue'` restores all the same, where the
   * shapes of the weights fit, and the optimizer's state where it is of the same kind; `'restart'` leaves the checkpoint aside and
   * starts from scratch, and the first backup replaces it. A function is given the differences and returns one of these.
   *
   * @default 'error'
   */
  onMismatch?: MismatchDecision | ((differences: readonly Difference[]) => MismatchDecision);
}

/** @throws KEEPFIT_INVALID_OPTION */
export function checkBackupOptions(options: BackupAndRestoreOptions): void {
  checkOptions('BackupAndRestore', options, {
    saveFreq: [(value) => value === 'epoch' || isPositiveInteger(value), '"epoch" or a positive integer'],
    deleteCheckpoint: [isBoolean, 'true or false'],
    doubleCheckpoint: [isBoolean, 'true or false'],
    name: [(value) => checkBackupName(value as string) === value, 'a key'],
    preemption: [
      (value) => typeof (value as Partial<AbortSignal> | null)?.aborted === 'boolean',
      'an AbortSignal',
    ],
    onMismatch: [isDecision, '"error", "continue", "restart" or a function that returns one of these'],
  });
}

function isDecision(value: unknown): boolean {
  return typeof value === 'function' || value === 'error' || value === 'continue' || value === 'restart';
}

/** A backup in a few words. */
export interface BackupSummary {
  /** The epoch at hand, from 0. */
  readonly epoch: number;
  /** How many batches of that epoch are trained. */
  readonly batch: number;
  /** How many batches are trained since epoch 0. */
  readonly step: number;
  readonly savedAt: Date;
  /** The version of keepfit that wrote it. */
  readonly library: string;
}
