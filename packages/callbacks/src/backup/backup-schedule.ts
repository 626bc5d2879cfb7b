import { isBoolean } from '../checks/check-options.js';
import { formatValue } from '../checks/format-value.js';
import { COUNT, type StateRule, type StateRules } from '../checks/read-state.js';
import { KeepfitError } from '../contract/keepfit-error.js';
import type { StateRecord } from '../contract/state.js';

/** When to back up: at each epoch's end, after so many batches, or after so many seconds. */
export type SaveFreq = 'epoch' | number | { readonly seconds: number };

interface SinceBackup {
  readonly batchesSinceBackup: number;
  readonly msSinceBackup: number;
  readonly hasUnsaved: boolean;
}

const DURATION: StateRule<number> = [
  (value): value is number => Number.isFinite(value) && (value as number) >= 0,
  'a number of at least 0',
  0,
];

/** An old checkpoint does not hold it. */
const HAS_UNSAVED: StateRule<boolean> = [isBoolean, 'true or false', false];

/** The state of a schedule. A checkpoint of another `saveFreq`, or an old one, holds no time. */
export const scheduleRules: StateRules<SinceBackup> = {
  batchesSinceBackup: COUNT,
  msSinceBackup: DURATION,
  hasUnsaved: HAS_UNSAVED,
};

/**
 * Knows when a backup is due: counts the batches and the time since the last one.
 *
 * The time runs from capture to capture. It stands still while no training runs: a resumed run continues to
 * count from what its checkpoint says.
 */
export class BackupSchedule {
  readonly #isByEpoch: boolean;
  readonly #maxBatches: number;
  readonly #maxMs: number | undefined;
  readonly #now: () => number;
  #batches = 0;
  #ms = 0;
  #lastRead = 0;
  #hasUnsaved = false;
  /** Whether a backup is requested and not yet captured. */
  #isRequested = false;

  /** @param now Returns the time in milliseconds, from any origin. Read only if `saveFreq` is a time. */
  constructor(saveFreq: SaveFreq, now: () => number) {
    this.#isByEpoch = saveFreq === 'epoch';
    this.#maxBatches = typeof saveFreq === 'number' ? saveFreq : Infinity;
    this.#maxMs = typeof saveFreq === 'object' ? saveFreq.seconds * 1000 : undefined;
    this.#now = now;
  }

  /** Whether a batch or an epoch has ended since the last backup was requested. */
  get hasUnsaved(): boolean {
    return this.#hasUnsaved;
  }

  /** Counts from here on: a training begins. */
  restart(): void {
    this.restore({ batchesSinceBackup: 0, msSinceBackup: 0, hasUnsaved: false });
  }

  /** Call it when a backup is requested, and `noteCapture` when it is captured. No time passes between. */
  noteRequest(): void {
    this.restart();
    this.#isRequested = true;
  }

  noteCapture(): void {
    this.restore({ batchesSinceBackup: 0, msSinceBackup: 0, hasUnsaved: this.#hasUnsaved });
  }

  /** Counts batches that were trained. Returns whether a backup is due. */
  noteBatches(batches: number): boolean {
    this.#hasUnsaved = true;
    this.#batches += batches;
    return this.#batches >= this.#maxBatches || this.#isTime();
  }

  /** Returns whether a backup is due. */
  noteEpochEnd(): boolean {
    this.#hasUnsaved = true;
    return this.#isByEpoch || this.#isTime();
  }

  getState(): StateRecord {
    const [batchesSinceBackup, hasUnsaved] = [this.#batches, this.#hasUnsaved];
    if (this.#maxMs === undefined) return { batchesSinceBackup, hasUnsaved };
    this.#countTime();
    return { batchesSinceBackup, msSinceBackup: this.#ms, hasUnsaved };
  }

  restore({ batchesSinceBackup, msSinceBackup, hasUnsaved }: SinceBackup): void {
    this.#isRequested = false;
    // If two backups use different stores, the one behind has something to save even if no more batches are
    // trained.
    this.#hasUnsaved = hasUnsaved;
    this.#batches = batchesSinceBackup;
    this.#ms = msSinceBackup;
    if (this.#maxMs !== undefined) this.#lastRead = this.#readClock();
  }

  #isTime(): boolean {
    if (this.#maxMs === undefined) return false;
    this.#countTime();
    return this.#ms >= this.#maxMs;
  }

  #countTime(): void {
    if (this.#isRequested) return;
    const time = this.#readClock();
    // A clock that was set back must not delay the next backup.
    this.#ms += Math.max(0, time - this.#lastRead);
    this.#lastRead = time;
  }

  #readClock(): number {
    const time = this.#now();
    if (Number.isFinite(time)) return time;
    throw new KeepfitError(
      'KEEPFIT_INVALID_OPTION',
      `now of BackupAndRestore must return milliseconds, not ${formatValue(time)}`,
    );
  }
}
