import { CallbackList, History } from '@keepfit/callbacks';
import type { EvaluateOptions } from '../options/fit-options.js';
import { resolveVerbosity, withProgress } from '../options/resolve-options.js';
import { HookCalls } from './hook-calls.js';
import { ignoreOutputErrors } from './ignore-output-errors.js';
import type { InferenceRun } from './inference-loop.js';
import { openSharedRun } from './open-shared-run.js';
import { Releases } from './releases.js';
import { Replay, type ReplayRequest } from './replay.js';
import { createTrainerView, type TrainerParts } from './trainer-view.js';
import { YIELD_EVERY, Yielder } from './yielder.js';

/** What a call of `evaluate` or `predict` is to do. */
interface InferenceRequest extends Pick<InferenceRun, 'source' | 'stepsPerExecution'> {
  readonly what: 'evaluate' | 'predict' | 'predictOnBatch';
  /** Checked. */
  readonly options: EvaluateOptions;
  readonly reportReplay: ReplayRequest['report'];
}

/** Runs an evaluation or a prediction with the callbacks of its options. */
export function runInferenceLoop<T>(
  parts: TrainerParts,
  { what, source, options, stepsPerExecution, reportReplay: report }: InferenceRequest,
  loop: (run: InferenceRun) => Promise<T>,
): Promise<T> {
  const verbose = resolveVerbosity(options.verbose);
  const releases = new Releases();
  const calls = new HookCalls();
  const yielder = new Yielder(options.yieldEvery ?? YIELD_EVERY);
  const callbacks = new CallbackList(withProgress(options.callbacks, verbose), calls.around);
  callbacks.setModel(createTrainerView(parts, { history: new History(), releases, calls, yielder }));
  callbacks.setParams({ verbose, epochs: 1, steps: options.steps ?? source.batches ?? null });
  const { model, step } = parts;
  const { steps } = options;
  const replay = new Replay();
  releases.defer(() => replay.dispose());
  const { compute } = replay;
  const run = { what, model, source, callbacks, steps, stepsPerExecution, seed: 0, yielder, compute };
  return ignoreOutputErrors(() =>
    releases.runAndRelease(async () => {
      // A prediction has no losses.
      const unrecordable = what === 'evaluate' ? step.unrecordable : undefined;
      await replay.open(model, unrecordable, {
        option: options.replay ?? 'auto',
        batches: steps ?? source.batches,
        report,
      });
      const { engine, replay: option = 'auto' } = options;
      if (engine === undefined) return loop(run);
      const shared = await openSharedRun({ model, step, shards: 1, engine, compute, replay: option });
      releases.defer(() => shared.end());
      return loop({ ...run, shared: shared.inference });
    }),
  );
}
