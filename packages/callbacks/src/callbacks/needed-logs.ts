import { formatValue } from '../checks/format-value.js';
import type { LogValues } from '../contract/callback-hooks.js';
import { KeepfitError } from '../contract/keepfit-error.js';
import { findTwin } from './monitor.js';
import { printWarning } from '../contract/print.js';

/** The logs without which a ModelCheckpoint can write nothing: the monitored one, and those in its key. */
export class NeededLogs {
  readonly #saveFreq: 'epoch' | number;
  readonly #monitored: string | undefined;
  readonly #inKey: readonly string[];
  #hasCheckedBatch = false;
  #hasWarned = false;

  /**
   * @param monitored The monitored log, if it decides what is written.
   * @param names The names in the pattern of the key.
   * @throws KEEPFIT_INVALID_OPTION when the key needs a batch, but is made at the end of epochs.
   */
  constructor(saveFreq: 'epoch' | number, monitored: string | undefined, names: readonly string[]) {
    if (saveFreq === 'epoch' && names.includes('batch'))
      throw createError('keyPattern of ModelCheckpoint has {batch}, but saveFreq is "epoch"', 'a number');
    this.#saveFreq = saveFreq;
    this.#monitored = monitored;
    this.#inKey = names.filter((name) => name !== 'epoch' && name !== 'batch');
  }

  /** Whether some must be among the logs of batches. */
  get areOfBatches(): boolean {
    return this.#saveFreq !== 'epoch' && this.#all.length > 0;
  }

  get #all(): readonly string[] {
    return this.#monitored === undefined ? this.#inKey : [this.#monitored, ...this.#inKey];
  }

  /**
   * A new training begins.
   *
   * @throws KEEPFIT_INVALID_OPTION when batches would need a log of the validation.
   */
  begin(): void {
    this.#hasCheckedBatch = false;
    this.#hasWarned = false;
    const late = this.areOfBatches ? this.#all.find(isOfValidation) : undefined;
    if (late !== undefined) throw createBatchError(late, 'which is known only after a validation');
  }

  /**
   * Checks the first batch: only then is it known which logs batches have.
   *
   * @throws KEEPFIT_INVALID_OPTION when one is not among the logs.
   */
  checkBatch(logs: LogValues): void {
    if (this.#hasCheckedBatch) return;
    this.#hasCheckedBatch = true;
    const isThere = (key: string | undefined) => key !== undefined && Object.hasOwn(logs, key);
    const isMissing = (key: string) => !isThere(key) && !(key === this.#monitored && isThere(findTwin(key)));
    const missing = this.#all.find(isMissing);
    if (missing !== undefined)
      throw createBatchError(missing, `which is not among the logs of a batch: ${listKeys(logs)}`);
  }

  /** Whether the key needs a log of the validation, and there was none. Warns once per training. */
  isWithoutValidation(logs: LogValues): boolean {
    const key = this.#inKey.find((name) => isOfValidation(name) && !Object.hasOwn(logs, name));
    if (key === undefined || Object.keys(logs).some(isOfValidation)) return false;
    if (!this.#hasWarned) {
      const problem = `which is not among the logs of this epoch: ${listKeys(logs)}`;
      printWarning(
        `ModelCheckpoint needs ${formatValue(key)} for its key, ${problem}. It writes nothing in such an epoch`,
      );
    }
    this.#hasWarned = true;
    return true;
  }
}

function isOfValidation(key: string): boolean {
  return key.startsWith('val_');
}

function listKeys(logs: LogValues): string {
  return Object.keys(logs).join(', ') || 'none';
}

function createBatchError(key: string, problem: string): KeepfitError {
  return createError(
    `ModelCheckpoint with a number as saveFreq needs ${formatValue(key)} at the end of batches, ${problem}`,
    '"epoch", or use a log that each batch has, such as "loss"',
  );
}

function createError(problem: string, saveFreq: string): KeepfitError {
  return new KeepfitError('KEEPFIT_INVALID_OPTION', `${problem}; set saveFreq to ${saveFreq}`);
}
