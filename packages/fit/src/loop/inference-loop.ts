import type { CallbackList, Logs } from '@keepfit/callbacks';
import * as tf from '@tensorflow/tfjs-core';
import type { Model } from '../contract/model.js';
import { type Batch, type BatchSource, disposeBatches } from '../data/batch-source.js';
import { BatchStream } from '../data/batch-stream.js';
import { RunningLogs } from '../objective/running-logs.js';
import { createRandomStream, type RandomStream } from '../random/random-stream.js';
import { withRandom } from '../random/with-random.js';
import { createNoBatchError, warnOfShortPass } from './running-out.js';
import { type Compute, computeNormally } from '../steps/compute.js';
import type { SharedInference } from '../sharded/shared-inference.js';
import type { Step } from '../steps/step.js';
import { predictBatch } from '../steps/compute-batch.js';
import type { Yielder } from './yielder.js';

/** How many batches an engine is given at a time. */
const BATCHES_AHEAD = 8;

export interface InferenceRun {
  /** What runs, for messages: `evaluate`. */
  readonly what: string;
  readonly model: Model;
  readonly source: BatchSource;
  readonly callbacks: CallbackList;
  /** Batches at most; undefined for all. */
  readonly steps: number | undefined;
  readonly stepsPerExecution: number;
  /**
   * Random ops depend on it and on the number of the batch: a model that draws outside training repeats too.
   */
  readonly seed: number;
  readonly yielder: Yielder;
  /** Computes the batches. @default normally */
  readonly compute?: Compute;
  /** Computes batches elsewhere. @default this thread, one batch after the other */
  readonly shared?: SharedInference | undefined;
  /** Runs the computation of a batch, for instance so that it leaves no trace in the model. */
  readonly isolate?: <T>(compute: () => T) => T;
  /** Called when the hooks of a batch's end have run. */
  readonly afterBatch?: () => Promise<void>;
  /**
   * Called at the end if fewer batches came than `steps` or the length of the data say.
   *
   * @default a warning
   */
  readonly onShortPass?: (came: number, wanted: number) => void;
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
export async function runEvaluation(run: InferenceRun, step: Step): Promise<Logs> {
  const { callbacks, compute = computeNormally } = run;
  await step.prepare();
  const running = new RunningLogs(step.logPlan);
  try {
    await callbacks.onTestBegin();
    const ahead = run.shared?.evaluate.bind(run.shared);
    await eachExecution(run, ahead, async (batches, first, addLogs) => {
      await callbacks.onTestBatchBegin(first);
      addLogs?.forEach((add) => add(running));
      if (addLogs === undefined)
        batches.forEach((batch, index) =>
          computeBatch(run, first + index, (random) => step.test(batch, running, { random, compute })),
        );
      await run.yielder.turn();
      await callbacks.onTestBatchEnd(first + batches.length - 1, await readBatchLogs(callbacks, running));
    });
    const logs = await running.read();
    await callbacks.onTestEnd(logs);
    return logs;
  } finally {
    await running.dispose();
  }
}

/**
 * Computes the outputs of one pass: for each batch the list of the model's outputs. The caller disposes the
 * tensors.
 *
 * ```
 * onPredictBegin
 * for each execution: onPredictBatchBegin(first batch); outputs; onPredictBatchEnd(last batch, { outputs })
 * onPredictEnd
 * ```
 */
export async function runPrediction(run: InferenceRun): Promise<tf.Tensor[][]> {
  const { callbacks, model, compute = computeNormally } = run;
  const results: tf.Tensor[][] = [];
  try {
    await callbacks.onPredictBegin();
    const ahead = run.shared?.predict.bind(run.shared);
    await eachExecution(run, ahead, async (batches, first, create) => {
      await callbacks.onPredictBatchBegin(first);
      // One by one into the results: if a batch throws, the outputs of those before it are disposed.
      create?.forEach((outputs) => results.push(outputs()));
      if (create === undefined)
        batches.forEach((batch, index) =>
          results.push(computeBatch(run, first + index, () => predictBatch(model, batch, compute))),
        );
      await run.yielder.turn();
      const last = results.at(-1) ?? [];
      await callbacks.onPredictBatchEnd(first + batches.length - 1, {
        outputs: last.length === 1 ? last[0] : last,
      });
    });
    await callbacks.onPredictEnd();
    return results;
  } catch (error) {
    tf.dispose(results.flat());
    throw error;
  }
}

/** Computes a batch, synchronously and with the random numbers of its place. */
function computeBatch<T>(
  { seed, isolate }: InferenceRun,
  index: number,
  compute: (random: RandomStream) => T,
): T {
  const random = createRandomStream(seed, 'inference', index);
  const computeSeeded = () => withRandom(random, () => compute(random));
  return isolate === undefined ? computeSeeded() : isolate(computeSeeded);
}

/**
 * The logs for the hooks of a batch's end. Reads no more than they ask for, so that nothing waits for the
 * device in vain: undefined for none, and only the first of `'latest'` are waited for.
 */
export async function readBatchLogs(
  { batchLogs }: CallbackList,
  running: RunningLogs,
): Promise<Logs | undefined> {
  if (batchLogs === false) return undefined;
  return (batchLogs === 'latest' ? running.latest() : undefined) ?? running.read();
}

/** Computes some batches before their executions, and gives for each what the execution needs of it. */
type ComputeAhead<Computed> = (
  batches: readonly Batch[],
  place: { readonly first: number; readonly seed: number },
) => Promise<readonly Computed[]>;

/**
 * Takes the batches of the pass, and executes them.
 *
 * @param ahead Undefined if an execution computes its own batches.
 */
async function eachExecution<Computed>(
  run: InferenceRun,
  ahead: ComputeAhead<Computed> | undefined,
  execute: (batches: readonly Batch[], first: number, computed?: readonly Computed[]) => Promise<void>,
): Promise<void> {
  const { stepsPerExecution } = run;
  const stream = new BatchStream(run.source, run.seed);
  const limit = run.steps ?? Infinity;
  let done = 0;
  try {
    while (done < limit) {
      const executions = ahead === undefined ? 1 : Math.ceil(BATCHES_AHEAD / stepsPerExecution);
      const batches = await stream.take(Math.min(executions * stepsPerExecution, limit - done));
      if (batches.length === 0) break;
      try {
        const computed = await ahead?.(batches, { first: done, seed: run.seed });
        for (let from = 0; from < batches.length; from += stepsPerExecution) {
          const to = from + stepsPerExecution;
          const executed = batches.slice(from, to);
          await execute(executed, done, computed?.slice(from, to));
          done += executed.length;
          await run.afterBatch?.();
        }
      } finally {
        disposeBatches(batches);
      }
    }
  } finally {
    await stream.close();
  }
  if (done === 0) throw createNoBatchError(run.what);
  const wanted = run.steps ?? run.source.promised ?? 0;
  if (done >= wanted) return;
  if (run.onShortPass !== undefined) run.onShortPass(done, wanted);
  else warnOfShortPass(run.what, done, wanted, run.steps === undefined ? undefined : 'steps');
}

/**
 * The outputs of all batches: one tensor, or a list for several outputs. Disposes the outputs of the batches.
 */
export function concatOutputs(batches: readonly tf.Tensor[][]): tf.Tensor | tf.Tensor[] {
  try {
    // Tidy because the outputs of two batches may not fit together, which throws.
    const outputs = tf.tidy(() =>
      (batches[0] ?? []).map((_, index) => tf.concat(batches.map((batch) => batch[index] as tf.Tensor))),
    );
    return outputs.length === 1 ? (outputs[0] as tf.Tensor) : outputs;
  } finally {
    tf.dispose(batches.flat());
  }
}
