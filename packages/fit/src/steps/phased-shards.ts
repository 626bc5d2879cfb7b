import * as tf from '@tensorflow/tfjs-core';
import { explainMissingKernel } from '../backend/explain-missing-kernel.js';
import { releaseTape } from '../backend/release-tape.js';
import type { ShardLogs } from '../contract/shard.js';
import type { Batch } from '../data/batch-source.js';
import type { ShardScales } from '../objective/objective.js';
import type { LogSink } from '../objective/running-logs.js';
import { computeGradients, hasOwnGradients } from '../optimizer/minimize.js';
import type { StepTools } from './compute.js';
import {
  checkOutputs,
  checkPhaseLogs,
  type ComputedPhase,
  computePhase,
  createNoOutputsError,
  holdScalar,
  nameLoss,
  type PhasedTraining,
  type PlannedPhase,
} from './phase-loss.js';
import type { ShardedStep, ShardGradients } from './sharded-step.js';
import { createStepRandom } from './step-random.js';
import { explainNoGradient, HeldTensors, TensorCount } from './step-results.js';

/** How a training in phases is computed in shards, or why it cannot be. */
export function createShardedPhases(training: PhasedTraining): ShardedStep | string {
  const { phases } = training;
  const own = phases.find(({ role }) => hasOwnGradients(role.optimizer));
  if (own !== undefined)
    return `the optimizer of the phase "${own.phase.name}" computes its gradients in its own way`;
  return {
    parts: phases.map((planned) => {
      const count = new TensorCount();
      return {
        role: planned.role,
        compute: (...given) => computeShard(training, planned, count, ...given),
      };
    }),
    listDivisors: () => [],
    combine: (parts) => combine(training, parts),
  };
}

function computeShard(
  training: PhasedTraining,
  planned: PlannedPhase,
  count: TensorCount,
  rows: Batch,
  shard: ShardScales | undefined,
  logs: LogSink,
  tools: StepTools,
): ShardGradients {
  const { phase, role } = planned;
  const { model } = training;
  const random = createStepRandom(tools.random);
  const held = new HeldTensors();
  count.begin();
  const variables = role.listTrained(model.weights).map(({ variable }) => variable);
  let result: ComputedPhase | undefined;
  let minimized: tf.Scalar | undefined;
  let gradients: tf.NamedTensorMap = {};
  try {
    gradients = computeGradients(
      role.optimizer,
      () => {
        result = computePhase(training, planned, rows, { random, training: true }, held);
        return (minimized = shard === undefined ? result.loss : tf.mul<tf.Scalar>(result.loss, shard.share));
      },
      variables,
    );
    if (shard !== undefined) minimized?.dispose();
    const found = result as unknown as ComputedPhase;
    count.check(nameLoss(phase), held.count + Object.values(gradients).length);
    logShard(training, logs, rows, found);
    return {
      loss: tf.keep(found.loss.clone()),
      gradients: variables.map(({ name }) => gradients[name] ?? undefined),
    };
  } catch (error) {
    releaseTape();
    tf.dispose(gradients);
    throw explainMissingKernel(explainNoGradient(error, nameLoss(phase)), model, [...rows.inputs]);
  } finally {
    releaseTape();
    held.dispose();
  }
}

/** What the phase logs comes first among its means, and then that of the metrics, if it returns outputs. */
function logShard(
  { metrics }: PhasedTraining,
  logs: LogSink,
  rows: Batch,
  { loss, logs: own, outputs }: ComputedPhase,
): void {
  const values = new Map([...own].map(([key, value]) => [key, holdScalar(value)]));
  logs.addMeans({ values, weight: rows.size });
  if (metrics === undefined || outputs === undefined) return;
  const checked = checkOutputs(outputs, rows);
  metrics.record(logs, { total: loss, outputs: [] }, { outputs: checked, masks: [] }, rows);
}

/** What the phases, in their order, logged of a shard, as the step logs it. */
function combine(
  { phases, lossKeys, metrics }: PhasedTraining,
  parts: readonly [ShardLogs, ...ShardLogs[]],
): ShardLogs {
  const [first] = parts;
  checkPhaseLogs(
    phases,
    parts.map(({ means }) => Object.keys(means[0]?.values ?? {})),
  );
  const losses = Object.fromEntries(lossKeys.map((key, index) => [key, parts[index]?.loss ?? NaN]));
  const loss = parts.slice(1).reduce((total, part) => Math.fround(total + part.loss), first.loss);
  const own = Object.assign({}, ...parts.map(({ means }) => means[0]?.values)) as Record<string, number>;
  const means = [{ values: { ...own, ...losses, loss }, weight: first.size }];
  if (metrics === undefined) return { ...first, loss, means, metrics: [] };
  const measured = [...parts].reverse().find((part) => part.means.length > 1);
  if (measured === undefined) throw createNoOutputsError();
  // Each phase has put its own loss beside the metrics.
  const ofMetrics = measured.means
    .slice(1)
    .map(({ values: { loss: _, ...values }, weight }) => ({ values, weight }));
  return { ...first, loss, means: [...means, ...ofMetrics], metrics: measured.metrics };
}
