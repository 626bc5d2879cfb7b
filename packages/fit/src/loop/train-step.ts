import * as tf from '@tensorflow/tfjs-core';
import type { Batch } from '../data/batch-source.js';
import type { Model } from '../contract/model.js';
import type { OptimizerRole } from '../optimizer/optimizer-role.js';
import type { BatchLosses, Objective, ShardScales } from '../objective/objective.js';
import { explainMissingKernel } from '../backend/explain-missing-kernel.js';
import { releaseTape } from '../backend/release-tape.js';
import { hasOwnGradients } from '../optimizer/minimize.js';
import type { LogSink } from '../objective/running-logs.js';
import type { ShardedStep, ShardGradients } from '../steps/sharded-step.js';
import type { StepTools } from '../steps/compute.js';
import type { Step, Unrecordable } from '../steps/step.js';
import {
  computeBackward,
  computeForward,
  computeMasks,
  forward,
  type Forward,
  type ForwardParts,
  Held,
  oneOrList,
  runInference,
} from '../steps/compute-batch.js';

interface StepParts {
  readonly model: Model;
  readonly objective: Objective;
  readonly role: OptimizerRole;
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
    sharded: hasOwnGradients(parts.role.optimizer)
      ? 'the optimizer computes its gradients in its own way'
      : createShardedStep(parts),
    train: (batch, logs, tools) => trainStep(parts, batch, logs, tools),
    test: (batch, logs, tools) => testStep(parts, batch, logs, tools),
  };
}

function findUnrecordable({ objective, role }: StepParts): Unrecordable | undefined {
  if (hasOwnGradients(role.optimizer))
    return { reason: 'the optimizer computes its gradients in its own way', canVouch: false };
  if (objective.isRecordable) return undefined;
  return {
    reason: 'keepfit does not know a loss; give replay: true if it depends on nothing but its arguments',
    canVouch: true,
  };
}

/**
 * Trains one batch: forward, gradients, logs, update, constraints. Synchronous, so that its randomness can be
 * scoped.
 */
function trainStep(parts: StepParts, batch: Batch, logs: LogSink, tools: StepTools): void {
  const { model, role } = parts;
  if (hasOwnGradients(role.optimizer)) {
    minimizeStep(parts, batch, logs);
    return;
  }
  withExplanation(model, batch, () => {
    const { loss, gradients } = computePart(parts, batch, undefined, logs, tools);
    try {
      role.applyInOrder(model.weights, gradients);
    } finally {
      tf.dispose([loss, ...gradients]);
    }
  });
}

/** Computes a batch or a shard of one, and logs it. */
function computePart(
  { model, objective, role }: StepParts,
  batch: Batch,
  shard: ShardScales | undefined,
  logs: LogSink,
  { compute }: StepTools,
): ShardGradients {
  const { weights } = model;
  const { optimizer } = role;
  const trained = role.listTrained(weights);
  const numbers = shard === undefined ? [] : [shard.share, ...shard.divisors];
  const { gradients, ...forwarded } = compute({ kind: 'train', batch, weights, numbers }, () =>
    computeBackward({ model, objective, optimizer }, batch, trained, shard),
  );
  try {
    record(objective, logs, forwarded, batch);
    // A second hold, because the loss of the only output is the total.
    return { loss: tf.keep(forwarded.total[0].clone()), gradients };
  } catch (error) {
    tf.dispose([...gradients]);
    throw error;
  } finally {
    tf.dispose(Object.values(forwarded).flat());
  }
}

/** As `trainStep`, by an optimizer that takes the loss and computes the gradients itself. */
function minimizeStep({ model, objective, role }: StepParts, batch: Batch, logs: LogSink): void {
  const held = new Held();
  let forwarded: Forward | undefined;
  withExplanation(model, batch, () => {
    try {
      role.minimize(model.weights, () => {
        const computed = computeForward({ model, objective }, batch, true);
        forwarded = held.hold(computed);
        return forwarded.total[0];
      });
      if (forwarded !== undefined) record(objective, logs, forwarded, batch);
    } finally {
      held.dispose();
    }
  });
}

/** Runs a step, and frees the tape. If the backend lacks a kernel, the error names the layer that needs it. */
function withExplanation<Result>(model: Model, { inputs }: Batch, run: () => Result): Result {
  try {
    return run();
  } catch (error) {
    releaseTape();
    throw explainMissingKernel(error, model, oneOrList(inputs));
  } finally {
    releaseTape();
  }
}

/** Evaluates one batch: forward and logs. */
function testStep(parts: StepParts, batch: Batch, logs: LogSink, { compute }: StepTools): void {
  const { model, objective } = parts;
  runInference(model, batch, () => {
    const { weights } = model;
    const computed = compute({ kind: 'test', batch, weights }, () => computeForward(parts, batch, false));
    record(objective, logs, computed, batch);
  });
}

function record(
  objective: Objective,
  logs: LogSink,
  { outputs, masks, losses, total: [total] }: Forward,
  batch: Batch,
): void {
  const found: BatchLosses = { total, outputs: losses };
  objective.record(logs, found, { outputs, masks }, batch);
}

function createShardedStep(parts: StepParts): ShardedStep {
  const { model, role } = parts;
  const listShapes = createShapeCache(model);
  return {
    parts: [
      {
        role,
        compute: (rows, shard, logs, tools) =>
          withExplanation(model, rows, () => computePart(parts, rows, shard, logs, tools)),
      },
    ],
    listDivisors: (batch) => listDivisors(parts, batch, listShapes),
    combine: ([only]) => only,
  };
}

function listDivisors(
  { model, objective }: ForwardParts,
  batch: Batch,
  listShapes: (batch: Batch) => readonly number[][],
): readonly (tf.Scalar | undefined)[] {
  return runInference(model, batch, () => {
    const shapes = objective.dividesByTargets ? listShapes(batch) : [];
    return objective
      .listDivisors(
        batch,
        computeMasks(model, batch),
        shapes.map((shape) => tf.zeros(shape)),
      )
      .map((divisor) => divisor && tf.keep(divisor.clone()));
  });
}

/** Finds the shapes of the outputs, which nothing but a forward pass tells, once for each shape of a batch. */
function createShapeCache(model: Model): (batch: Batch) => readonly number[][] {
  const known = new Map<string, readonly number[][]>();
  return (batch) => {
    const key = batch.inputs.map(({ shape }) => shape.join()).join(';');
    const found = known.get(key) ?? forward(model, batch, false).map(({ shape }) => shape);
    known.set(key, found);
    return found;
  };
}
