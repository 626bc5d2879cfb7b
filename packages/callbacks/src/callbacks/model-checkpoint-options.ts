import { checkOptions, isBoolean, isPositiveInteger } from '../checks/check-options.js';
import type { CheckpointStore } from '../contract/checkpoint-store.js';
import { KeepfitError } from '../contract/keepfit-error.js';
import { type MonitorMode, monitorRules, THRESHOLD } from './monitor.js';

export interface ModelCheckpointOptions {
  /**
   * The key in the store, with placeholders for the epoch (from 1), the batch (from 1; only if `saveFreq` is
   * a number) and any log: `'epoch-{epoch:02d}-{val_loss:.4f}'`. A key without placeholders is overwritten
   * each time. If the key needs a log of the validation, an epoch without validation writes nothing.
   *
   * @default 'epoch-{epoch}'
   */
  readonly keyPattern?: string;
  /** The log that decides which is best. @default 'val_loss' */
  readonly monitor?: string;
  /** 1 logs when a checkpoint is written. @default 0 */
  readonly verbose?: 0 | 1;
  /**
   * Write only if the monitored log is the best so far. An epoch without the log, or with NaN, writes
   * nothing.
   *
   * @default false
   */
  readonly saveBestOnly?: boolean;
  /**
   * Write the weights alone. If false, the checkpoint holds the whole training: a `BackupAndRestore` with its
   * key as `name` continues from it. Weights alone take less space, with Adam a third.
   *
   * @default false
   */
  readonly saveWeightsOnly?: boolean;
  /** Whether the monitored log should fall or rise; `'auto'` depends on the metric. @default 'auto' */
  readonly mode?: MonitorMode;
  /**
   * Write at the end of each epoch, or each time this many batches were trained. A number needs a monitored log
   * that each batch has, and not one of the validation.
   *
   * @default 'epoch'
   */
  readonly saveFreq?: 'epoch' | number;
  /**
   * Keep at most so many checkpoints: after a new one is safe, the oldest is deleted. The best by `monitor` counts
   * too, but stays. Only what this run has written with the same `keyPattern` is deleted, also after a resume. If
   * `saveFreq` is a number and `monitor` is left out, none is the best. The store must be able to delete.
   *
   * @default no limit
   */
  readonly maxToKeep?: number;
  /** A value that the first checkpoint must beat. Only with `saveBestOnly`. @default none */
  readonly initialValueThreshold?: number;
}

/** @throws KEEPFIT_INVALID_OPTION when an option is unknown or invalid, or does not suit the store. */
export function checkModelCheckpointOptions(store: CheckpointStore, options: ModelCheckpointOptions): void {
  checkOptions('ModelCheckpoint', options, {
    ...monitorRules,
    keyPattern: [(value) => typeof value === 'string', 'a string'],
    saveBestOnly: [isBoolean, 'true or false'],
    saveWeightsOnly: [isBoolean, 'true or false'],
    saveFreq: [
      (value) => value === 'epoch' || isPositiveInteger(value),
      '"epoch" or a positive integer (only BackupAndRestore takes { seconds })',
    ],
    maxToKeep: [isPositiveInteger, 'a positive integer'],
    initialValueThreshold: THRESHOLD,
  });
  if (options.maxToKeep === undefined || typeof (store as Partial<CheckpointStore>).delete === 'function')
    return;
  throw new KeepfitError(
    'KEEPFIT_INVALID_OPTION',
    'maxToKeep of ModelCheckpoint needs a store that can delete, and this one has no function `delete`; leave maxToKeep out, or use another store',
  );
}
