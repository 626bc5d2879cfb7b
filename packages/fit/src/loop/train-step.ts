import { KeepfitError } from '@keepfit/callbacks';
import * as tf from '@tensorflow/tfjs-core';
import type { Batch } from '../data/batch-source.js';
import type { Model, NamedWeight } from '../contract/model.js';
import { minimize } from '../optimizer/minimize.js';
import type { OptimizerWatch } from '../optimizer/optimizer-watch.js';
import type { SlotOrder } from '../optimizer/slot-order.js';
import type { BatchLosses, Objective, Outputs } from '../objective/objective.js';
import { explainMissingKernel } from '../backend/explain-missing-kernel.js';
import { releaseTape } from '../backend/release-tape.js';
import type { RunningLogs } from '../objective/running-logs.js';

export interface StepParts {
  readonly model: Model;
  readonly optimizer: tf.Optimizer;
  readonly objective: Objective;
  readonly slots: SlotOrder;
  readonly watch: OptimizerWatch;
}

/**
 * Trains one batch: forward, gradients, update, constraints, logs. Synchronous, so that its randomness can be
 * scoped: `watch` must be prepared.
 */
export function trainStep(parts: StepParts, batch: Batch, logs: RunningLogs): void {
  const { model, optimizer, objective, slots, watch } = parts;
  const trained = getTrainableWeights(model);
  slots.alignTo(optimizer, model.weights);
  const own: tf.Tensor[] = [];
  const hold = <T extends tf.Tensor>(tensor: T): T => {
    own.push(tf.keep(tensor));
    return tensor;
  };
  let given: Outputs = { outputs: [], masks: [] };
  let losses: BatchLosses | undefined;
  try {
    const loss = (): tf.Scalar => {
      given = {
        outputs: forward(model, batch, true).map(hold),
        masks: computeMasks(model, batch).map((mask) => mask && hold(mask)),
      };
      const { total, outputs: terms } = objective.losses(given, batch, model.losses?.() ?? []);
      losses = { total: hold(total), outputs: terms.map(hold) };
      return total;
    };
    watch.during(
      optimizer,
      () => slots.names(model.weights),
      (except) => minimize(optimizer, () => except(loss), trained),
    );
    trained.forEach(constrain);
    if (losses !== undefined) objective.record(logs, losses, given, batch);
  } catch (error) {
    releaseTape();
    throw explainMissingKernel(error, model, oneOrList(batch.inputs));
  } finally {
    releaseTape();
    tf.dispose(own);
  }
}

/** Evaluates one batch: forward and logs. */
export function testStep(
  { model, objective }: Omit<StepParts, 'optimizer' | 'slots' | 'watch'>,
  batch: Batch,
  logs: RunningLogs,
): void {
  runInference(model, batch, () => {
    const given = { outputs: forward(model, batch, false), masks: computeMasks(model, batch) };
    const losses = objective.losses(given, batch, model.losses?.() ?? []);
    objective.record(logs, losses, given, batch);
  });
}

/**
 * Computes without gradients, and frees intermediate tensors. If the backend lacks an op, the error says so.
 */
export function runInference<T extends tf.TensorContainer>(
  model: Model,
  { inputs }: Batch,
  compute: () => T,
): T {
  try {
    return tf.tidy(compute);
  } catch (error) {
    throw explainMissingKernel(error, model, oneOrList(inputs), false);
  }
}

/** The outputs of a batch, as a list. Call within a tidy. */
export function forward(model: Model, { inputs }: Pick<Batch, 'inputs'>, training: boolean): tf.Tensor[] {
  const outputs = model.call(oneOrList(inputs), { training });
  return Array.isArray(outputs) ? outputs : [outputs];
}

function computeMasks(model: Model, { inputs }: Batch): readonly (tf.Tensor | undefined)[] {
  return model.masks?.(oneOrList(inputs)) ?? [];
}

function oneOrList(tensors: readonly tf.Tensor[]): tf.Tensor | tf.Tensor[] {
  const [only] = tensors;
  return tensors.length === 1 && only !== undefined ? only : [...tensors];
}

/** The weights that a step trains, in the order of the optimizer's slots. */
function getTrainableWeights(model: Model): NamedWeight[] {
  const trained = model.weights.filter(({ trainable }) => trainable);
  if (trained.length > 0) return trained;
  throw new KeepfitError(
    'KEEPFIT_INVALID_DATA',
    'the model has no trainable weight; build it before fit, and let at least one weight be trainable',
  );
}

function constrain({ variable, constraint }: NamedWeight): void {
  if (constraint !== undefined) tf.tidy(() => variable.assign(constraint(variable)));
}
