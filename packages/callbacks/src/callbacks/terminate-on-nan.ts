import { Callback } from './callback.js';
import type { LogValues } from '../contract/callback-hooks.js';
import { printText } from '../contract/print.js';

/**
 * Stops training when the loss of a batch is NaN or infinite, as in Keras. Also checks the weights, before
 * each backup and at each epoch's end, because a kernel may swallow a NaN on its way to the loss.
 *
 * With `BackupAndRestore` in the list, the last finite backup is kept: no new one is made, and it is not
 * deleted.
 *
 * Reads every batch's logs, so that each batch waits for its loss. Has no options and no state.
 */
export class TerminateOnNaN extends Callback {
  override readonly name = 'TerminateOnNaN';
  override readonly batchLogs = true;

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

  #terminate(reason: string): void {
    printText(`\n${reason}, training ends.`);
    this.model.stopTraining = true;
    this.model.keepLastBackup = true;
  }
}
