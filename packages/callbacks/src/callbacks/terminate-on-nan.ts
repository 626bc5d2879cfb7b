import { Callback } from './callback.js';
import type { Logs } from '../contract/callback-hooks.js';

/**
 * Stops training when the loss of a batch is NaN or infinite, as in Keras; and also when a weight is, looked at before each backup and at
 * each epoch's end, for a kernel may swallow a NaN on its way to the loss.
 *
 * With `BackupAndRestore` in the list, the last finite backup is then kept: no new one is made, and it is not deleted.
 *
 * It reads every batch's logs, so that each batch waits for its loss. There are no options, and nothing to remember.
 */
export class TerminateOnNaN extends Callback {
  readonly name = 'TerminateOnNaN';
  readonly batchLogs = true;

  onTrainBatchEnd(batch: number, logs: Logs): void {
    const { loss } = logs;
    if (loss !== undefined && !Number.isFinite(loss))
      this.#terminate(`Batch ${batch + 1}: the loss is ${loss}`);
  }

  async onBackup(): Promise<void> {
    await this.#checkWeights();
  }

  async onEpochEnd(epoch: number): Promise<void> {
    await this.#checkWeights(`Epoch ${epoch + 1}: `);
  }

  async #checkWeights(place = ''): Promise<void> {
    if (this.model.keepLastBackup || (await this.model.weightsAreFinite())) return;
    this.#terminate(`${place}a weight is NaN or infinite`);
  }

  #terminate(reason: string): void {
    console.log(`\n${reason}, training ends.`);
    this.model.stopTraining = true;
    this.model.keepLastBackup = true;
  }
}
