import type { LogValues } from '@keepfit/callbacks';
import { readBatchLogs, runEvaluation } from './inference-loop.js';
import type { FitRun } from './fit-run.js';
import { sortLogs } from '../objective/running-logs.js';

/**
 * The training loop.
 *
 * ```
 * onTrainBegin                       BackupAndRestore first: it loads, checks and restores
 * [restore a state saved between epochs]
 * for each epoch:
 *   onEpochBegin(epoch)
 *   [restore a state saved within the epoch]
 *   [capture, if a hook has requested a backup]
 *   for each execution:
 *     onTrainBatchBegin(first batch)
 *     steps                          each one synchronous block with randomness of (seed, step)
 *     onTrainBatchEnd(last batch, logs)
 *     [capture]
 *     stopTraining, or no more data? then no more batches
 *   no batch at all? then no more epochs, and the rest of this one is left out
 *   validation: onTestBegin … onTestEnd
 *   onEpochEnd(epoch, logs)
 *   [capture]
 *   stopTraining, or no more data? then no more epochs
 * [hold a capture: the checkpoint of a complete run has the weights that more epochs continue from]
 * the optimizer finalizes the weights
 * onTrainEnd(logs)                   BackupAndRestore last: it deletes the checkpoint of a complete run
 * [hand over the held capture, if a hook has requested a backup]
 * ```
 */
export async function runFit(run: FitRun): Promise<void> {
  const { callbacks } = run;
  await callbacks.onTrainBegin();
  await run.restoreStateBetweenEpochs();
  await run.backUp();
  while (run.hasEpochsLeft) {
    const { epoch } = run.progress;
    await callbacks.onEpochBegin(epoch);
    await run.beginEpoch();
    await run.backUp();
    await trainEpoch(run);
    if (run.isEpochWithoutData) break;
    const logs = sortLogs({ ...(await run.logs.read()), ...(await validate(run)) });
    // A copy: what a hook adds is for the hooks of this point, as in Keras, and not for `onTrainEnd`.
    await callbacks.onEpochEnd(epoch, { ...logs });
    await run.endEpoch(logs);
    await run.backUp();
  }
  await run.end();
}

async function trainEpoch(run: FitRun): Promise<void> {
  const { callbacks } = run;
  while (run.hasBatchesLeft) {
    const batches = await run.takeBatches();
    if (batches.length === 0) return;
    await callbacks.onTrainBatchBegin(run.progress.batch);
    await run.train(batches);
    // Before the hooks: a signal that came during the steps is then known, and the backup is of this instant.
    await run.yielder.turn();
    await callbacks.onTrainBatchEnd(run.progress.batch - 1, await readBatchLogs(callbacks, run.logs));
    run.applyStop();
    await run.backUp();
  }
}

async function validate(run: FitRun): Promise<LogValues> {
  const validation = run.findValidation(run.progress.epoch);
  if (validation === undefined) return {};
  const logs = await run.duringValidation((afterBatch) =>
    runEvaluation({ ...validation, afterBatch }, run.step),
  );
  return Object.fromEntries(Object.entries(logs).map(([key, value]) => [`val_${key}`, value]));
}
