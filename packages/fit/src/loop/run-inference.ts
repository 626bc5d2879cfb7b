import { CallbackList, History } from '@keepfit/callbacks';
import type { BatchSource } from '../data/batch-source.js';
import type { EvaluateOptions } from '../options/fit-options.js';
import { resolveVerbosity, withProgress } from '../options/resolve-options.js';
import { HookCalls } from './hook-calls.js';
import { ignoreOutputErrors } from './ignore-output-errors.js';
import type { InferenceRun } from './inference-loop.js';
import { Releases } from './releases.js';
import { createTrainerView, type TrainerParts } from './trainer-view.js';
import { YIELD_EVERY, Yielder } from './yielder.js';

/** Runs an evaluation or a prediction with the callbacks of its options, which are checked. */
export function runInferenceLoop<T>(
  parts: TrainerParts,
  what: string,
  source: BatchSource,
  options: EvaluateOptions,
  stepsPerExecution: number,
  loop: (run: InferenceRun) => Promise<T>,
): Promise<T> {
  const verbose = resolveVerbosity(options.verbose);
  const releases = new Releases();
  const calls = new HookCalls();
  const yielder = new Yielder(options.yieldEvery ?? YIELD_EVERY);
  const callbacks = new CallbackList(withProgress(options.callbacks, verbose), calls.around);
  callbacks.setModel(createTrainerView(parts, { history: new History(), releases, calls, yielder }));
  callbacks.setParams({ verbose, epochs: 1, steps: options.steps ?? source.batches ?? null });
  const { model } = parts;
  const { steps } = options;
  const run = { what, model, source, callbacks, steps, stepsPerExecution, seed: 0, yielder };
  return ignoreOutputErrors(() => releases.runAndRelease(() => loop(run)));
}
