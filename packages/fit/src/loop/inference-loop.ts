import type { CallbackList, Logs } from '@keepfit/callbacks';
import { dispose, keep, type Tensor } from '@tensorflow/tfjs-core';
import type { Batch, BatchSource } from '../data/batch-source.js';
import { BatchStream } from '../data/batch-stream.js';
import { disposeBatches } from '../data/dispose-batches.js';
import type { Model } from '../contract/model.js';
import { randomStream } from '../random/random-stream.js';
import { withRandom } from '../random/with-random.js';
import type { Objective } from '../objective/objective.js';
import { RunningLogs } from '../objective/running-logs.js';
import { forward, runInference, testStep } from './train-step.js';
import type { Yielder } from './yielder.js';

export interface InferenceRun {
  readonly model: Model;
  readonly source: BatchSource;
  readonly callbacks: CallbackList;
  /** Batches at most, or null for all. */
  readonly steps: number | null;
  readonly stepsPerExecution: number;
  /** What random ops draw from, with the number of the batch: a model that draws outside training repeats too. */
  readonly seed: number;
  readonly yielder: Yielder;
  /** Called when the hooks of a batch's end have run. */
  readonly afterBatch?: () => Promise<void>;
}

/**
 * Evaluates a model on data of one pass.
 *
 * ```
 * onTestBegin
 * for each execution: onTestBatchBegin(first batch); losses and metrics; onTestBatchEnd(last batch, running logs)
 * onTestEnd(logs)
 * ```
 */
export async function evaluateLoop(run: InferenceRun, objective: Objective): Promise<Logs> {
  const { callbacks, model } = run;
  const running = new RunningLogs(objective.logPlan);
  try {
    await callbacks.onTestBegin();
    await eachExecution(run, async (batches, first) => {
      await callbacks.onTestBatchBegin(first);
      batches.forEach((batch, index) =>
        withRandom(randomStream(run.seed, 'inference', first + index), () =>
          testStep({ model, objective }, batch, running),
        ),
      );
      await callbacks.onTestBatchEnd(first + batches.length - 1, await logsFor(callbacks, running));
    });
    const logs = await running.read();
    await callbacks.onTestEnd(logs);
    return logs;
  } finally {
    await running.dispose();
  }
}

/**
 * Computes the outputs of one pass: for each batch the list of the model's outputs. The tensors are the caller's to dispose.
 *
 * ```
 * onPredictBegin
 * for each execution: onPredictBatchBegin(first batch); outputs; onPredictBatchEnd(last batch, { outputs })
 * onPredictEnd
 * ```
 */
export async function predictLoop(run: InferenceRun): Promise<Tensor[][]> {
  const { callbacks, model } = run;
  const results: Tensor[][] = [];
  try {
    await callbacks.onPredictBegin();
    await eachExecution(run, async (batches, first) => {
      await callbacks.onPredictBatchBegin(first);
      // One by one into the results, so that what a batch of several has given is let go of where the next one throws.
      batches.forEach((batch, index) => {
        const predict = () =>
          runInference(model, batch, () =>
            forward(model, batch, false).map((output) => keep(output.clone())),
          );
        results.push(withRandom(randomStream(run.seed, 'inference', first + index), predict));
      });
      const last = results.at(-1) ?? [];
      await callbacks.onPredictBatchEnd(first + batches.length - 1, {
        outputs: last.length === 1 ? last[0] : last,
      });
    });
    await callbacks.onPredictEnd();
    return results;
  } catch (error) {
    dispose(results.flat());
    throw error;
  }
}

/** What the hooks of a batch's end are given: what they ask for, so that nothing waits for a device in vain. */
export async function logsFor(callbacks: CallbackList, running: RunningLogs): Promise<Logs> {
  if (callbacks.batchLogs === true) return running.read();
  return callbacks.batchLogs === 'latest' ? running.latest() : {};
}

async function eachExecution(
  run: InferenceRun,
  execute: (batches: readonly Batch[], first: number) => Promise<void>,
): Promise<void> {
  const stream = new BatchStream(run.source, run.seed);
  const limit = Math.min(run.steps ?? Infinity, run.source.batches ?? Infinity);
  let done = 0;
  try {
    while (done < limit) {
      const batches = await stream.take(Math.min(run.stepsPerExecution, limit - done));
      if (batches.length === 0) return;
      try {
        await execute(batches, done);
      } finally {
        disposeBatches(batches);
      }
      done += batches.length;
      await run.afterBatch?.();
      await run.yielder.turn();
    }
  } finally {
    await stream.close();
  }
}
