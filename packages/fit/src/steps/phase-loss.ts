import { KeepfitError } from '@keepfit/callbacks';
import { formatValue } from '@keepfit/callbacks/internal';
import * as tf from '@tensorflow/tfjs-core';
import type { Model } from '../contract/model.js';
import type { Batch } from '../data/batch-source.js';
import type { Objective } from '../objective/objective.js';
import type { OptimizerRole } from '../optimizer/optimizer-role.js';
import type { Phase, PhaseContext, PhaseResult } from './custom-options.js';
import { createStepBatch } from './step-batch.js';
import {
  type HeldTensors,
  readLogs,
  readScalar,
  refuseOtherWrites,
  refusePromise,
  watchWeights,
} from './step-results.js';

/** A phase that is checked, with its optimizer. */
export interface PlannedPhase {
  readonly phase: Phase<unknown>;
  readonly role: OptimizerRole;
}

/** What one phase gave for a batch. */
export interface ComputedPhase {
  readonly loss: tf.Scalar;
  readonly logs: ReadonlyMap<string, tf.Scalar>;
  readonly outputs: readonly tf.Tensor[] | undefined;
}

/** A training in phases. */
export interface PhasedTraining {
  readonly model: Model;
  readonly phases: readonly PlannedPhase[];
  /** The log keys of the phases' losses, in their order; empty for one phase. */
  readonly lossKeys: readonly string[];
  /** Compares the outputs that a phase returns with the targets. */
  readonly metrics: Objective | undefined;
}

/**
 * Computes the loss of a phase, differentiable.
 *
 * @param held Holds its results.
 * @throws KEEPFIT_INVALID_OPTION when it changes a weight, or returns something else than a loss, logs and outputs.
 */
export function computePhase(
  training: PhasedTraining,
  { phase }: PlannedPhase,
  batch: Batch,
  context: PhaseContext,
  held: HeldTensors,
): ComputedPhase {
  const { model, metrics } = training;
  const what = nameLoss(phase);
  const findChanged = watchWeights(model.weights);
  const { weights } = model;
  const returned = refuseOtherWrites(what, weights, () => phase.loss(createStepBatch(batch), context));
  refusePromise(what, returned);
  // Layers write their moving statistics in training; these are not trainable.
  const changed = findChanged().find(({ trainable }) => trainable || !context.training);
  if (changed !== undefined) {
    throw new KeepfitError(
      'KEEPFIT_INVALID_OPTION',
      `${what} changed the weight "${changed.name}"; a loss must only compute${context.training ? '' : ': pass training to the layers'}. ` +
        'To change weights yourself, give trainStep instead of phases',
    );
  }
  const { loss, logs = {}, outputs } = readResult(what, returned);
  const list = readOutputs(what, outputs);
  return {
    loss: held.hold(readScalar(what, loss)),
    logs: readLogs(what, logs, held, listOwnKeys(training)),
    outputs: metrics && list?.map((output) => held.hold(output)),
  };
}

/** The log keys that a phase may not give. */
function listOwnKeys({ lossKeys, metrics }: PhasedTraining): string[] {
  return ['loss', ...lossKeys, ...(metrics?.logPlan.keys ?? [])];
}

/** A second hold on a scalar, at no copy. */
export function holdScalar(scalar: tf.Tensor): tf.Scalar {
  return tf.keep(scalar.clone()) as tf.Scalar;
}

export function nameLoss({ name }: Phase<unknown>): string {
  return `the loss of the phase "${name}"`;
}

function readResult(what: string, returned: tf.Tensor | PhaseResult): PhaseResult {
  if (returned instanceof tf.Tensor) return { loss: returned };
  if (typeof returned === 'object' && returned !== null && 'loss' in returned) {
    const unknown = Object.keys(returned).find((key) => !['loss', 'logs', 'outputs'].includes(key));
    if (unknown === undefined) return returned;
    throw new KeepfitError(
      'KEEPFIT_INVALID_OPTION',
      `${what} returned "${unknown}", which would be ignored; it may return { loss, logs, outputs }, with more values in logs`,
    );
  }
  throw new KeepfitError(
    'KEEPFIT_INVALID_OPTION',
    `${what} must return a scalar tensor, or { loss, logs, outputs }, not ${formatValue(returned)}`,
  );
}

/** @throws KEEPFIT_INVALID_OPTION when they are no tensors. */
function readOutputs(what: string, outputs: unknown): readonly tf.Tensor[] | undefined {
  if (outputs === undefined) return undefined;
  const list: readonly unknown[] = Array.isArray(outputs) ? outputs : [outputs];
  if (list.every((output) => output instanceof tf.Tensor)) return list as readonly tf.Tensor[];
  throw new KeepfitError(
    'KEEPFIT_INVALID_OPTION',
    `${what} must return outputs as a tensor, or as a list of tensors in the order of the targets, not ${formatValue(outputs)}`,
  );
}

/** @throws KEEPFIT_INVALID_OPTION when two phases log under one key: one of the values would be lost. */
export function checkPhaseLogs(
  phases: readonly PlannedPhase[],
  logged: readonly (readonly string[])[],
): void {
  const owners = new Map<string, string>();
  logged.forEach((keys, index) => {
    const name = phases[index]?.phase.name ?? '';
    for (const key of keys) {
      const owner = owners.get(key);
      if (owner !== undefined) {
        throw new KeepfitError(
          'KEEPFIT_INVALID_OPTION',
          `the phases "${owner}" and "${name}" both returned a log "${key}"; give each its own key`,
        );
      }
      owners.set(key, name);
    }
  });
}

export function checkOutputs(
  outputs: readonly tf.Tensor[] | undefined,
  { targets }: Batch,
): readonly tf.Tensor[] {
  if (outputs === undefined) throw createNoOutputsError();
  if (outputs.length === targets.length) return outputs;
  throw new KeepfitError(
    'KEEPFIT_INVALID_DATA',
    `metrics compare outputs with targets, and a phase returned ${outputs.length} outputs for ${targets.length} targets`,
  );
}

export function createNoOutputsError(): KeepfitError {
  return new KeepfitError(
    'KEEPFIT_INVALID_DATA',
    'metrics compare outputs with targets, and no phase returned outputs; return { loss, outputs } in one of them',
  );
}
