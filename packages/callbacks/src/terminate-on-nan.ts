import { Callback } from './callback.js';
import type { Logs } from './callback-hooks.js';

/**
 * Stops training when the loss of a batch is NaN or infinite.
 *
 * It reads every batch's logs, so that each batch waits for its loss. There are no options, and nothing to remember.
 */
export class TerminateOnNaN extends Callback {
  readonly name = 'TerminateOnNaN';
  readonly batchLogs = true;

  onTrainBatchEnd(batch: number, logs: Logs): void {
    const { loss } = logs;
    if (loss === undefined || Number.isFinite(loss)) return;
    console.log(`\nBatch ${batch}: the loss is ${loss}, training ends.`);
    this.model.stopTraining = true;
  }
}
