import {
  CallbackList,
  KeepfitError,
  type Logs,
  type ModelEvaluateOptions,
  type ModelPredictOptions,
  type TensorValues,
} from '@keepfit/callbacks';
import * as tf from '@tensorflow/tfjs-core';
import type { Arrays } from '../data/array-data.js';
import { type BatchData, isBatchData } from '../data/batch-data.js';
import { createInferenceSource } from '../data/fit-data.js';
import type { ArrayLike } from '../data/host-array.js';
import { withoutShuffle } from '../data/without-shuffle.js';
import { checkHookOptions, withOneSpelling, withProgress } from '../fit-options.js';
import { ModelIsolation } from '../state/model-isolation.js';
import { readValues } from '../state/read-values.js';
import { concatOutputs, type InferenceRun, runEvaluation, runPrediction } from './inference-loop.js';
import { warnOfShortPass } from './running-out.js';
import type { StepParts } from './train-step.js';
import type { Yielder } from './yielder.js';

export { readWeights } from '../state/read-values.js';

/** An evaluation or a prediction that a hook calls for. */
export interface HookInference extends Pick<StepParts, 'model' | 'objective'> {
  readonly yielder: Yielder;
  /** The memory of the weights at the call. */
  readonly dataIds: readonly object[];
  /** Within a fit: ends it, because its data may have been shuffled again. */
  readonly onShuffle?: (error: KeepfitError) => void;
}

/** See `TrainerView.evaluate`. The arguments are x, y and options, or batches and options. */
export async function evaluateInHook(
  hook: HookInference,
  x: unknown,
  ...rest: readonly [unknown?, unknown?]
): Promise<Logs> {
  const [y, given, extra] = isBatchData(x) ? [undefined, ...rest] : [...rest];
  if (extra !== undefined) {
    throw new KeepfitError(
      'KEEPFIT_INVALID_DATA',
      'y of evaluate must be left out when x makes its own batches: call evaluate(batches, options)',
    );
  }
  const options = (given ?? {}) as EvaluateOptions;
  checkHookOptions('evaluate', options, true);
  return inIsolation('evaluate', hook, x, y, withOneSpelling(options), (run) =>
    runEvaluation(run, hook.objective),
  );
}

/** See `TrainerView.predict`. */
export async function predictInHook(
  hook: HookInference,
  x: unknown,
  options: ModelPredictOptions = {},
): Promise<TensorValues | TensorValues[]> {
  checkHookOptions('predict', options, false);
  const outputs = concatOutputs(await inIsolation('predict', hook, x, undefined, options, runPrediction));
  try {
    return Array.isArray(outputs) ? await Promise.all(outputs.map(readValues)) : await readValues(outputs);
  } finally {
    tf.dispose(outputs);
  }
}

type EvaluateOptions = Omit<ModelEvaluateOptions, 'sampleWeight' | 'sampleWeights'> & {
  readonly sampleWeight?: ArrayLike;
  readonly sampleWeights?: ArrayLike;
};

async function inIsolation<T>(
  what: 'evaluate' | 'predict',
  { model, dataIds, yielder, onShuffle }: HookInference,
  x: unknown,
  y: unknown,
  options: EvaluateOptions,
  loop: (run: InferenceRun) => Promise<T>,
): Promise<T> {
  const refuse = () => {
    const error = createShuffleError(what);
    onShuffle?.(error);
    return error;
  };
  // The readers of data check them: what is typed loosely in the view, such as a tensor, is found out there.
  const data = x as Arrays | BatchData;
  const source = await createInferenceSource(
    model,
    onShuffle !== undefined && isBatchData(data) ? withoutShuffle(data, refuse) : data,
    y as Arrays | undefined,
    options,
    what === 'evaluate',
  );
  const { steps, verbose = 0 } = options;
  const callbacks = new CallbackList(withProgress([], verbose));
  callbacks.setParams({ verbose, epochs: 1, steps: steps ?? source.batches ?? null });
  const isolation = new ModelIsolation(model, dataIds);
  try {
    return await loop({
      what,
      model,
      source,
      callbacks,
      steps,
      stepsPerExecution: 1,
      seed: 0,
      yielder,
      isolate: (compute) => isolation.run(compute),
      onShortPass: (came, wanted) =>
        warnOfShortPass(what, came, wanted, steps === undefined ? undefined : 'steps'),
    });
  } finally {
    isolation.dispose();
  }
}

function createShuffleError(what: string): KeepfitError {
  return new KeepfitError(
    'KEEPFIT_INVALID_DATA',
    `${what} was called in a hook of fit with a dataset that is shuffled. Opening it draws from the shuffle: if the training data ` +
      'share it, their order would change, and a resumed run would draw other orders. Give a dataset without shuffle',
  );
}
