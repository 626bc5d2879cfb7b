import type * as tf from '@tensorflow/tfjs-core';
import type { Model, NamedWeight } from './contract/model.js';
import type { Names } from './contract/names.js';
import { createSupervisedStep } from './loop/train-step.js';
import type { TrainerParts } from './loop/trainer-view.js';
import { createControl } from './loop/training-control.js';
import { Objective } from './objective/objective.js';
import { checkOptimizer } from './optimizer/check-optimizer.js';
import { OptimizerRole } from './optimizer/optimizer-role.js';
import { warnOfAdadelta } from './optimizer/warn-of-adadelta.js';
import { type PlannedStep, planPhases, planTrainStep, type StepRequest } from './steps/custom-step.js';
import { type AnyTrainerOptions, checkTrainerOptions } from './trainer-options.js';

/**
 * Checks the options of a trainer, and plans what it trains with.
 *
 * @param former Notes the role of each optimizer that the trainer has had: one that is given again continues with its
 * state.
 * @throws KEEPFIT_INVALID_OPTION when an option is not valid or does not fit the model, or a name is not known.
 */
export function planTraining(
  model: Model,
  options: AnyTrainerOptions,
  names: Names,
  former: WeakMap<tf.Optimizer, OptimizerRole>,
  control = createControl(model),
): TrainerParts {
  checkTrainerOptions(options);
  const getOptimizer = (given: unknown): tf.Optimizer => {
    const optimizer = isOptimizer(given) ? given : names.getOptimizer(given as string);
    checkOptimizer(optimizer);
    warnOfAdadelta(optimizer);
    return optimizer;
  };
  const createRole = (
    optimizer: tf.Optimizer,
    name?: string,
    trains?: (weight: NamedWeight) => boolean,
  ): OptimizerRole => {
    const role = new OptimizerRole(optimizer, name, trains, former.get(optimizer));
    former.set(optimizer, role);
    return role;
  };
  const request: StepRequest = { model, getOptimizer, createRole, metrics: undefined };
  return { model, ...planStep(options, names, request), control };
}

function planStep(options: AnyTrainerOptions, names: Names, request: StepRequest): PlannedStep {
  const { model } = request;
  if ('trainStep' in options) return planTrainStep(options, request);
  if ('phases' in options) {
    const { metrics } = options;
    if (metrics === undefined) return planPhases(options, request);
    // The phases have losses of their own.
    const objective = new Objective({ loss: throwNoLoss, metrics }, model, names);
    return planPhases(options, { ...request, metrics: objective });
  }
  const objective = new Objective(options, model, names);
  const role = request.createRole(request.getOptimizer(options.optimizer));
  return { optimizers: [role], step: createSupervisedStep({ model, objective, role }) };
}

function isOptimizer(value: unknown): value is tf.Optimizer {
  return typeof value === 'object' && value !== null && 'applyGradients' in value;
}

function throwNoLoss(): never {
  throw new Error('a training in phases has no loss of outputs');
}
