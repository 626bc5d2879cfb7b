import * as tf from '@tensorflow/tfjs-core';
import type { Batch } from '../data/batch-source.js';
import type { Model, NamedWeight } from '../contract/model.js';
import type { OptimizerRole } from '../optimizer/optimizer-role.js';
import type { BatchLosses, Objective, Outputs } from '../objective/objective.js';
import { explainMissingKernel } from '../backend/explain-missing-kernel.js';
import { releaseTape } from '../backend/release-tape.js';
import { computeGradients, hasOwnGradients } from '../optimizer/minimize.js';
import type { RunningLogs } from '../objective/running-logs.js';
import type { TensorLists } from '../steps/compute.js';
import type { Step, StepTools, Unrecordable } from '../steps/step.js';

interface StepParts {
  readonly model: Model;
  readonly objective: Objective;
  readonly role: OptimizerRole;
}

/** What the forward pass of a batch gives. */
interface Forward extends TensorLists {
  readonly outputs: readonly tf.Tensor[];
  readonly masks: readonly (tf.Tensor | undefined)[];
  /** Of the outputs that have a loss. */
  readonly losses: readonly tf.Scalar[];
  readonly total: readonly [tf.Scalar];
}

/** What training needs of a batch. */
interface Backward extends Forward {
  /** Of the trained weights; undefined for a weight on which the loss does not depend. */
  readonly gradients: readonly (tf.Tensor | undefined)[];
}

/**
 * The step of a compiled model: losses of its outputs, one optimizer, metrics.
 *
 * ```
 * compute: weights, states, batch, random numbers ─▶ outputs, losses, gradients      may be recorded
 *                                                      │                │
 *                                        metrics, logs ◀            optimizer, constraints
 * ```
 */
export function createSupervisedStep(parts: StepParts): Step {
  const { objective } = parts;
  return {
    hasFreeData: false,
    description: objective.description,
    given: objective.given,
    logPlan: objective.logPlan,
    readsClassNumbers: objective.readsClassNumbers,
    unrecordable: findUnrecordable(parts),
    direction: (logKey) => objective.direction(logKey),
    prepare: async () => {},
    train: (batch, logs, tools) => trainStep(parts, batch, logs, tools),
    test: (batch, logs, tools) => testStep(parts, batch, logs, tools),
  };
}

function findUnrecordable({ objective, role }: StepParts): Unrecordable | undefined {
  if (hasOwnGradients(role.optimizer))
    return { reason: 'the optimizer computes its gradients in its own way', canVouch: false };
  if (objective.isRecordable) return undefined;
  return {
    reason: 'a loss is a function of your own; give replay: true if it depends on nothing but its arguments',
    canVouch: true,
  };
}

/**
 * Trains one batch: forward, gradients, update, constraints, logs. Synchronous, so that its randomness can be
 * scoped.
 */
function trainStep(parts: StepParts, batch: Batch, logs: RunningLogs, { compute }: StepTools): void {
  const { model, objective, role } = parts;
  if (hasOwnGradients(role.optimizer)) {
    minimizeStep(parts, batch, logs);
    return;
  }
  const { weights } = model;
  const trained = role.listTrained(weights);
  let computed: Backward | undefined;
  try {
    computed = compute({ kind: 'train', batch, weights }, () => computeBackward(parts, batch, trained));
    role.apply(weights, nameGradients(trained, computed));
    record(objective, logs, computed, batch);
  } catch (error) {
    releaseTape();
    throw explainMissingKernel(error, model, oneOrList(batch.inputs));
  } finally {
    releaseTape();
    if (computed !== undefined) tf.dispose(Object.values(computed).flat());
  }
}

/** As `trainStep`, by an optimizer that takes the loss and computes the gradients itself. */
function minimizeStep({ model, objective, role }: StepParts, batch: Batch, logs: RunningLogs): void {
  const held = new Held();
  let forwarded: Forward | undefined;
  try {
    role.minimize(model.weights, () => {
      const computed = computeForward({ model, objective }, batch, true);
      forwarded = held.hold(computed);
      return forwarded.total[0];
    });
    if (forwarded !== undefined) record(objective, logs, forwarded, batch);
  } catch (error) {
    releaseTape();
    throw explainMissingKernel(error, model, oneOrList(batch.inputs));
  } finally {
    releaseTape();
    held.dispose();
  }
}

/** Evaluates one batch: forward and logs. */
function testStep(parts: StepParts, batch: Batch, logs: RunningLogs, { compute }: StepTools): void {
  const { model, objective } = parts;
  runInference(model, batch, () => {
    const { weights } = model;
    const computed = compute({ kind: 'test', batch, weights }, () => computeForward(parts, batch, false));
    record(objective, logs, computed, batch);
  });
}

/** The outputs of a batch and their losses, differentiable. Call within a tidy. */
function computeForward(
  { model, objective }: Pick<StepParts, 'model' | 'objective'>,
  batch: Batch,
  training: boolean,
): Forward {
  const given: Outputs = { outputs: forward(model, batch, training), masks: computeMasks(model, batch) };
  const { total, outputs: losses } = objective.losses(given, batch, model.losses?.() ?? []);
  return { ...given, losses, total: [total] };
}

/** The outputs, losses and gradients of a batch. The caller disposes them. */
function computeBackward(
  { model, objective, role }: StepParts,
  batch: Batch,
  trained: readonly NamedWeight[],
): Backward {
  const held = new Held();
  let forwarded: Forward | undefined;
  const loss = (): tf.Scalar => {
    forwarded = held.hold(computeForward({ model, objective }, batch, true));
    return forwarded.total[0];
  };
  const variables = trained.map(({ variable }) => variable);
  try {
    const gradients: Partial<tf.NamedTensorMap> = computeGradients(role.optimizer, loss, variables);
    return { ...(forwarded as unknown as Forward), gradients: variables.map(({ name }) => gradients[name]) };
  } catch (error) {
    held.dispose();
    throw error;
  }
}

/** Tensors of a step that a tidy must not free. */
class Held {
  readonly #tensors: tf.Tensor[] = [];

  hold<Lists extends TensorLists>(lists: Lists): Lists {
    for (const tensor of Object.values(lists).flat())
      if (tensor !== undefined) this.#tensors.push(tf.keep(tensor));
    return lists;
  }

  dispose(): void {
    tf.dispose(this.#tensors);
  }
}

function nameGradients(
  trained: readonly NamedWeight[],
  { gradients }: Backward,
): ReadonlyMap<string, tf.Tensor> {
  return new Map(
    trained.flatMap(({ name }, index) => {
      const gradient = gradients[index];
      return gradient === undefined ? [] : [[name, gradient] as const];
    }),
  );
}

function record(
  objective: Objective,
  logs: RunningLogs,
  { outputs, masks, losses, total: [total] }: Forward,
  batch: Batch,
): void {
  const found: BatchLosses = { total, outputs: losses };
  objective.record(logs, found, { outputs, masks }, batch);
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
