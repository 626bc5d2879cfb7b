import { checkOptions, isBoolean } from '../checks/check-options.js';
import type { LogValues } from '../contract/callback-hooks.js';
import { KeepfitError } from '../contract/keepfit-error.js';
import { printText } from '../contract/print.js';
import { Callback } from './callback.js';

export interface TerminateOnNaNOptions {
  /**
   * Whether fit rejects with KEEPFIT_HOOK_FAILED instead of ending early, so that a program cannot take the result
   * for a good one. `onTrainEnd` of the callbacks is not called then.
   *
   * @default false
   */
  readonly raiseError?: boolean;
}

/**
 * Stops training when the loss of a batch is NaN or infinite, as in Keras. Also checks the weights, before
 * each backup and at each epoch's end, because a kernel may swallow a NaN on its way to the loss.
 *
 * With `BackupAndRestore` in the list, the last finite backup is kept: no new one is made, and it is not
 * deleted.
 *
 * Reads every batch's logs, so that each batch waits for its loss. Has no state.
 */
export class TerminateOnNaN extends Callback {
  override readonly name = 'TerminateOnNaN';
  override readonly batchLogs = true;
  readonly #raiseError: boolean;

  /** @throws KEEPFIT_INVALID_OPTION when an option is unknown or invalid. */
  constructor(options: TerminateOnNaNOptions = {}) {
    super();
    checkOptions('TerminateOnNaN', options, { raiseError: [isBoolean, 'true or false'] });
    this.#raiseError = options.raiseError ?? false;
  }

  override onTrainBatchEnd(batch: number, logs: LogValues): void {
    const { loss } = logs;
    if (loss !== undefined && !Number.isFinite(loss))
      this.#terminate(`Batch ${batch + 1}: the loss is ${loss}`);
  }

  override async onBackup(): Promise<void> {
    await this.#checkWeights();
  }

  override async onEpochEnd(epoch: number): Promise<void> {
    await this.#checkWeights(`Epoch ${epoch + 1}: `);
  }

  async #checkWeights(place = ''): Promise<void> {
    if (this.model.keepLastBackup || (await this.model.weightsAreFinite())) return;
    this.#terminate(`${place}a weight is NaN or infinite`);
  }

  /** @throws KEEPFIT_HOOK_FAILED when the option says so. */
  #terminate(reason: string): void {
    this.model.keepLastBackup = true;
    if (this.#raiseError) {
      throw new KeepfitError(
        'KEEPFIT_HOOK_FAILED',
        `TerminateOnNaN ends the training: ${reason}. Try a lower learning rate or clipped gradients; fit continues from the last finite backup, if there is one`,
      );
    }
    printText(`\n${reason}, training ends.`);
    this.model.stopTraining = true;
  }
}
