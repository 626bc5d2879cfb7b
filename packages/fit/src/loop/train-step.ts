import * as tf from '@tensorflow/tfjs-core';
import type { Batch } from '../data/batch-source.js';
import type { Model } from '../contract/model.js';
import type { OptimizerRole } from '../optimizer/optimizer-role.js';
import type { BatchLosses, Objective, Outputs } from '../objective/objective.js';
import { explainMissingKernel } from '../backend/explain-missing-kernel.js';
import { releaseTape } from '../backend/release-tape.js';
import type { RunningLogs } from '../objective/running-logs.js';
import type { Step } from '../steps/step.js';

interface StepParts {
  readonly model: Model;
  readonly objective: Objective;
  readonly role: OptimizerRole;
}

/** The step of a compiled model: losses of its outputs, one optimizer, metrics. */
export function createSupervisedStep(parts: StepParts): Step {
  const { objective } = parts;
  return {
    hasFreeData: false,
    description: objective.description,
    given: objective.given,
    logPlan: objective.logPlan,
    readsClassNumbers: objective.readsClassNumbers,
    direction: (logKey) => objective.direction(logKey),
    prepare: async () => {},
    train: (batch, logs) => trainStep(parts, batch, logs),
    test: (batch, logs) => testStep(parts, batch, logs),
  };
}

/**
 * Trains one batch: forward, gradients, update, constraints, logs. Synchronous, so that its randomness can be
 * scoped.
 */
function trainStep({ model, objective, role }: StepParts, batch: Batch, logs: RunningLogs): void {
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
    role.minimize(model.weights, loss);
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
function testStep({ model, objective }: StepParts, batch: Batch, logs: RunningLogs): void {
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
