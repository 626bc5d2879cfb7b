import type { Logs } from '@keepfit/callbacks';
import { evaluateLoop, logsFor } from './inference-loop.js';
import type { FitRun } from './fit-run.js';

/**
 * The training loop.
 *
 * ```
 * onTrainBegin                       BackupAndRestore first: it loads, checks and restores
 * [put back: a state saved between epochs]
 * for each epoch:
 *   onEpochBegin(epoch)
 *   [put back: a state saved within the epoch]
 *   [capture, where a hook has asked for a backup]
 *   for each execution:
 *     onTrainBatchBegin(first batch)
 *     steps                          each one synchronous block with randomness of (seed, step)
 *     onTrainBatchEnd(last batch, logs)
 *     [capture]
 *     stopTraining? then no more batches
 *   validation: onTestBegin … onTestEnd
 *   onEpochEnd(epoch, logs)
 *   [capture]
 *   stopTraining? then no more epochs
 * onTrainEnd(logs)                   BackupAndRestore last: it deletes the checkpoint of a complete run
 * [capture]
 * ```
 */
export async function fitLoop(run: FitRun): Promise<void> {
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
    const logs = { ...(await run.logs.read()), ...(await validate(run)) };
    await callbacks.onEpochEnd(epoch, logs);
    await run.endEpoch(logs);
    await run.backUp();
  }
  await callbacks.onTrainEnd(run.lastLogs);
  await run.backUp();
}

async function trainEpoch(run: FitRun): Promise<void> {
  const { callbacks } = run;
  while (run.hasBatchesLeft) {
    const batches = await run.takeBatches();
    if (batches.length === 0) return;
    await callbacks.onTrainBatchBegin(run.progress.batch);
    run.train(batches);
    await callbacks.onTrainBatchEnd(run.progress.batch - 1, await logsFor(callbacks, run.logs));
    run.applyStop();
    await run.backUp();
    await run.yielder.turn();
  }
}

async function validate(run: FitRun): Promise<Logs> {
  const validation = run.validationOf(run.progress.epoch);
  if (validation === undefined) return {};
  const logs = await run.duringValidation((afterBatch) =>
    evaluateLoop({ ...validation, afterBatch }, run.objective),
  );
  return Object.fromEntries(Object.entries(logs).map(([key, value]) => [`val_${key}`, value]));
}
