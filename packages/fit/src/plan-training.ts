import type * as tf from '@tensorflow/tfjs-core';
import type { Model, NamedWeight } from './contract/model.js';
import type { Names } from './contract/names.js';
import { createSupervisedStep } from './loop/train-step.js';
import type { TrainerParts } from './loop/trainer-view.js';
import { Objective } from './objective/objective.js';
import { checkOptimizer } from './optimizer/check-optimizer.js';
import { OptimizerRole } from './optimizer/optimizer-role.js';
import { warnOfAdadelta } from './optimizer/warn-of-adadelta.js';
import { planPhases, planTrainStep, type StepRequest } from './steps/custom-step.js';
import {
  isOptimizer,
  type OwnStepTrainerOptions,
  type PhasedTrainerOptions,
  type TrainerOptions,
} from './trainer-options.js';

/**
 * Plans the step of a trainer by its options, which are checked, and its optimizers. `former` notes the role of each
 * optimizer that the trainer has had: one that is given again continues with its state.
 *
 * @throws KEEPFIT_INVALID_OPTION when a name is not known, or an option does not fit the model.
 */
export function planTraining(
  model: Model,
  options: TrainerOptions | PhasedTrainerOptions | OwnStepTrainerOptions,
  names: Names,
  former: WeakMap<tf.Optimizer, OptimizerRole>,
): Pick<TrainerParts, 'step' | 'optimizers'> {
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
  if ('trainStep' in options) return planTrainStep(options, request);
  if ('phases' in options) {
    const { metrics } = options;
    if (metrics === undefined) return planPhases(options, request);
    // The phases have losses of their own.
    const objective = new Objective({ loss: () => throwNoLoss(), metrics }, model, names);
    return planPhases(options, { ...request, metrics: objective });
  }
  const objective = new Objective(options, model, names);
  const role = createRole(getOptimizer(options.optimizer));
  return { optimizers: [role], step: createSupervisedStep({ model, objective, role }) };
}

function throwNoLoss(): never {
  throw new Error('a training in phases has no loss of outputs');
}
