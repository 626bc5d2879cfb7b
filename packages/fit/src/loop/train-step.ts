import { KeepfitError } from '@keepfit/callbacks';
import {
  dispose,
  keep,
  type Optimizer,
  type Tensor,
  type TensorContainer,
  tidy,
  variableGrads,
} from '@tensorflow/tfjs-core';
import type { Batch } from '../data/batch-source.js';
import type { Model, NamedWeight } from '../contract/model.js';
import { applyGradients } from '../optimizer/apply-gradients.js';
import type { SlotOrder } from '../optimizer/slot-order.js';
import type { BatchLosses, Objective, Outputs } from '../objective/objective.js';
import { explainMissingKernel } from './explain-missing-kernel.js';
import { releaseTape } from './release-tape.js';
import type { RunningLogs } from '../objective/running-logs.js';

export interface StepParts {
  readonly model: Model;
  readonly optimizer: Optimizer;
  readonly objective: Objective;
  readonly slots: SlotOrder;
}

/** Trains one batch: forward, gradients, update, constraints, logs. Synchronous, so that its randomness can be scoped. */
export function trainStep(parts: StepParts, batch: Batch, logs: RunningLogs): void {
  const { model, optimizer, objective, slots } = parts;
  const trained = trainableWeights(model);
  slots.alignTo(
    optimizer,
    trained.map(({ name }) => name),
  );
  const own: Tensor[] = [];
  const hold = <T extends Tensor>(tensor: T): T => {
    own.push(keep(tensor));
    return tensor;
  };
  let given: Outputs = { outputs: [], masks: [] };
  let losses: BatchLosses | undefined;
  try {
    const { value, grads } = variableGrads(
      () => {
        given = {
          outputs: forward(model, batch, true).map(hold),
          masks: masksOf(model, batch).map((mask) => mask && hold(mask)),
        };
        const { total, outputs: terms } = objective.losses(given, batch, model.losses?.() ?? []);
        losses = { total: hold(total), outputs: terms.map(hold) };
        return total;
      },
      trained.map(({ variable }) => variable),
    );
    own.push(value, ...Object.values(grads));
    applyGradients(
      optimizer,
      trained.map(({ variable }) => ({ variable, gradient: grads[variable.name] })),
    );
    trained.forEach(constrain);
    if (losses !== undefined) objective.record(logs, losses, given, batch);
  } catch (error) {
    releaseTape();
    throw explainMissingKernel(error, model, oneOrList(batch.inputs));
  } finally {
    releaseTape();
    dispose(own);
  }
}

/** Evaluates one batch: forward and logs. */
export function testStep(
  { model, objective }: Omit<StepParts, 'optimizer' | 'slots'>,
  batch: Batch,
  logs: RunningLogs,
): void {
  runInference(model, batch, () => {
    const given = { outputs: forward(model, batch, false), masks: masksOf(model, batch) };
    const losses = objective.losses(given, batch, model.losses?.() ?? []);
    objective.record(logs, losses, given, batch);
  });
}

/** Runs what needs no gradients, and frees what it makes on the way. Where the backend lacks an op, the error says so. */
export function runInference<T extends TensorContainer>(
  model: Model,
  { inputs }: Batch,
  compute: () => T,
): T {
  try {
    return tidy(compute);
  } catch (error) {
    throw explainMissingKernel(error, model, oneOrList(inputs), false);
  }
}

/** The outputs of a batch, as a list. Call within a tidy. */
export function forward(model: Model, { inputs }: Pick<Batch, 'inputs'>, training: boolean): Tensor[] {
  const outputs = model.call(oneOrList(inputs), { training });
  return Array.isArray(outputs) ? outputs : [outputs];
}

function masksOf(model: Model, { inputs }: Batch): readonly (Tensor | undefined)[] {
  return model.masks?.(oneOrList(inputs)) ?? [];
}

function oneOrList(tensors: readonly Tensor[]): Tensor | Tensor[] {
  const [only] = tensors;
  return tensors.length === 1 && only !== undefined ? only : [...tensors];
}

/** The weights that a step trains, in the order of the optimizer's slots. */
function trainableWeights(model: Model): NamedWeight[] {
  const trained = model.weights.filter(({ trainable }) => trainable);
  if (trained.length > 0) return trained;
  throw new KeepfitError(
    'KEEPFIT_INVALID_DATA',
    'the model has no trainable weight; build it before fit, and let at least one weight be trainable',
  );
}

function constrain({ variable, constraint }: NamedWeight): void {
  if (constraint !== undefined) tidy(() => variable.assign(constraint(variable)));
}
