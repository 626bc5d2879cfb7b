import {
  CallbackList,
  KeepfitError,
  type Logs,
  type ModelEvaluateOptions,
  type ModelPredictOptions,
  type TensorValues,
} from '@keepfit/callbacks';
import * as tf from '@tensorflow/tfjs-core';
import type { Model } from '../contract/model.js';
import type { Arrays, SampleWeights } from '../data/array-data.js';
import { type BatchData, isBatchData } from '../data/batch-data.js';
import { type DataArguments, nameArguments } from '../data/data-arguments.js';
import { createInferenceSource } from '../data/fit-data.js';
import { withoutShuffle } from '../data/without-shuffle.js';
import { checkHookOptions } from '../options/check-options.js';
import { withOneSpelling, withProgress } from '../options/resolve-options.js';
import { ModelIsolation } from '../state/model-isolation.js';
import { readValues } from '../state/read-values.js';
import { concatOutputs, type InferenceRun, runEvaluation, runPrediction } from './inference-loop.js';
import { getDataShape, type Step } from '../steps/step.js';
import type { Yielder } from './yielder.js';

export { readWeights } from '../state/read-values.js';

/** What an evaluation or a prediction in a hook needs of its run. */
export interface HookInference {
  readonly model: Model;
  readonly step: Step;
  readonly yielder: Yielder;
  /** The memory of the weights at the call. */
  readonly dataIds: readonly object[];
  /** Ends the fit, whose data may have been shuffled again; undefined outside a fit. */
  readonly onShuffle?: (error: KeepfitError) => void;
}

/** The options of the view, with the types of data that `fit` reads. */
type EvaluateOptions = Omit<ModelEvaluateOptions, 'sampleWeight' | 'sampleWeights'> & {
  readonly sampleWeight?: SampleWeights;
  readonly sampleWeights?: SampleWeights;
};

/** The arguments of an evaluation in a hook. */
export type HookArguments = DataArguments<EvaluateOptions>;

/** See `TrainerView.evaluate`. */
export async function evaluateInHook(hook: HookInference, ...given: HookArguments): Promise<Logs> {
  const { x, y, options } = nameArguments<EvaluateOptions>('evaluate', given, hook.step.hasFreeData);
  checkHookOptions('evaluate', options, true);
  return inIsolation('evaluate', hook, { x, y }, withOneSpelling(options), (run) =>
    runEvaluation(run, hook.step),
  );
}

/** See `TrainerView.predict`. */
export async function predictInHook(
  hook: HookInference,
  x: Arrays | BatchData,
  options: ModelPredictOptions = {},
): Promise<TensorValues | TensorValues[]> {
  checkHookOptions('predict', options, false);
  const outputs = concatOutputs(await inIsolation('predict', hook, { x }, options, runPrediction));
  try {
    return Array.isArray(outputs) ? await Promise.all(outputs.map(readValues)) : await readValues(outputs);
  } finally {
    tf.dispose(outputs);
  }
}

async function inIsolation<T>(
  what: 'evaluate' | 'predict',
  { model, step, dataIds, yielder, onShuffle }: HookInference,
  { x, y }: { readonly x: Arrays | BatchData; readonly y?: Arrays | undefined },
  options: EvaluateOptions,
  loop: (run: InferenceRun) => Promise<T>,
): Promise<T> {
  const refuse = () => {
    const error = createShuffleError(what);
    onShuffle?.(error);
    return error;
  };
  const source = await createInferenceSource(
    what === 'evaluate' ? getDataShape(model, step) : { inputNames: model.inputNames, targets: 'none' },
    onShuffle !== undefined && isBatchData(x) ? withoutShuffle(x, refuse) : x,
    y,
    options,
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
