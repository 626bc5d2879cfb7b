import { KeepfitError } from '@keepfit/callbacks';
import { checkIsOptions, checkOptions, formatValue, isPositiveInteger } from '@keepfit/callbacks/internal';
import type * as tf from '@tensorflow/tfjs-core';
import type { Model, NamedWeight } from './contract/model.js';
import type { Names } from './contract/names.js';
import type { ObjectiveOptions } from './objective/output-plan.js';
import type { PhasesOptions, TrainStepOptions } from './steps/custom-options.js';

/** For what `planPhases` and `planTrainStep` check. */
const checkedLater = [() => true, 'an object'] as const;

const STEPS_PER_EXECUTION = [isPositiveInteger, 'a positive integer'] as const;

/** What a `Trainer` trains with: an optimizer, a loss and metrics. */
export interface TrainerOptions extends ObjectiveOptions {
  /** An optimizer: `adamW()` of `@keepfit/optimizers`, one of tfjs' such as `tf.train.adam(0.01)`, or your own. */
  readonly optimizer: tf.Optimizer;
  /**
   * Batches trained between two calls of the batch hooks. More saves time if steps are tiny.
   *
   * @default 1
   */
  readonly stepsPerExecution?: number;
}

/** The options of a `Trainer` with phases. Its metrics compare the outputs that a phase returns with the targets. */
export interface PhasedTrainerOptions
  extends PhasesOptions, Pick<ObjectiveOptions, 'metrics'>, Pick<TrainerOptions, 'stepsPerExecution'> {}

/** The options of a `Trainer` with a step of your own. */
export interface OwnStepTrainerOptions extends TrainStepOptions, Pick<TrainerOptions, 'stepsPerExecution'> {}

/** What a `Trainer` can be made with: a loss and an optimizer, phases, or a step of the user's own. */
export type AnyTrainerOptions = TrainerOptions | PhasedTrainerOptions | OwnStepTrainerOptions;

/** @throws KEEPFIT_INVALID_OPTION when it is not a model. */
export function checkModel(model: Model): void {
  const { weights, call } = (model ?? {}) as Partial<Model>;
  if (
    Array.isArray(weights) &&
    weights.length > 0 &&
    weights.every(hasVariable) &&
    typeof call === 'function'
  )
    return;
  throw new KeepfitError(
    'KEEPFIT_INVALID_OPTION',
    `the model of Trainer must be { weights: [{ name, variable, trainable }, …], call }, not ${formatValue(model)}; ` +
      'for a tfjs-layers model use fit(model, …), or give fromLayers(model); both are in keepfit',
  );
}

/** The weights of a tfjs-layers model have none. */
function hasVariable(weight: unknown): boolean {
  const { name, variable } = (weight ?? {}) as Partial<NamedWeight>;
  return typeof name === 'string' && typeof variable?.assign === 'function';
}

/** @throws KEEPFIT_INVALID_OPTION when an option is not valid. */
export function checkTrainerOptions(options: AnyTrainerOptions): void {
  checkIsOptions('Trainer', options);
  const stepsPerExecution = STEPS_PER_EXECUTION;
  const metrics = [isObject, 'a list or a record of metrics'] as const;
  if ('phases' in options) {
    checkOptions('Trainer with phases', options, { phases: checkedLater, metrics, stepsPerExecution });
    return;
  }
  if ('trainStep' in options) {
    const step = [
      (value: unknown) => typeof value === 'function',
      'a function (batch, { random, … }) => logs',
    ] as const;
    checkOptions('Trainer with trainStep', options, {
      optimizers: checkedLater,
      trainStep: step,
      testStep: step,
      stepsPerExecution,
    });
    return;
  }
  checkOptions('Trainer', options, {
    // `Names.getOptimizer` checks it: an optimizer that is made from a name has tensors, so it is made once.
    optimizer: [() => true, 'an optimizer'],
    loss: [(value) => value !== null, 'a loss by Keras name, or a function'],
    lossWeights: [
      (value) => isObject(value) || Number.isFinite(value),
      'a number, or a list or a record of numbers',
    ],
    metrics,
    weightedMetrics: metrics,
    stepsPerExecution,
  });
}

/** @throws KEEPFIT_INVALID_OPTION when it is not a positive integer. */
export function checkStepsPerExecution(steps: number): void {
  // `?? null`: undefined is refused here, because a setter has no default.
  checkOptions('Trainer', { stepsPerExecution: steps ?? null }, { stepsPerExecution: STEPS_PER_EXECUTION });
}

/** The names that the Trainer of `@keepfit/fit/core` knows: none. */
export const noNames: Names = {
  getLoss: (given) =>
    refuseName('a loss', 'a function, such as meanSquaredError() of @keepfit/fit/losses', given),
  getMetric: (given) => refuseName('a metric', 'an object, such as auc() of @keepfit/fit/metrics', given),
  getOptimizer: (given) => refuseName('optimizer', "one of tfjs' optimizers, such as tf.train.adam()", given),
};

function refuseName(what: string, wanted: string, given: unknown): never {
  throw new KeepfitError(
    'KEEPFIT_INVALID_OPTION',
    `${what} must be ${wanted}, not ${formatValue(given)}; for Keras' names import Trainer from '@keepfit/fit'`,
  );
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}
