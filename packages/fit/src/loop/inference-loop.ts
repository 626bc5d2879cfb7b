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
import type { Step } from '../steps/step.js';
import { forward, runInference } from './compute-batch.js';
import type { Yielder } from './yielder.js';

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
    await eachExecution(run, async (batches, first) => {
      await callbacks.onTestBatchBegin(first);
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
    await eachExecution(run, async (batches, first) => {
      await callbacks.onPredictBatchBegin(first);
      // One by one into the results: if a batch throws, the outputs of those before it are disposed.
      batches.forEach((batch, index) => {
        const predict = () =>
          runInference(model, batch, () => {
            const { weights } = model;
            const { outputs } = compute({ kind: 'predict', batch, weights }, () => ({
              outputs: forward(model, batch, false),
            }));
            return outputs.map((output) => tf.keep(output.clone()));
          });
        results.push(computeBatch(run, first + index, predict));
      });
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

async function eachExecution(
  run: InferenceRun,
  execute: (batches: readonly Batch[], first: number) => Promise<void>,
): Promise<void> {
  const stream = new BatchStream(run.source, run.seed);
  const limit = run.steps ?? Infinity;
  let done = 0;
  try {
    while (done < limit) {
      const batches = await stream.take(Math.min(run.stepsPerExecution, limit - done));
      if (batches.length === 0) break;
      try {
        await execute(batches, done);
      } finally {
        disposeBatches(batches);
      }
      done += batches.length;
      await run.afterBatch?.();
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
