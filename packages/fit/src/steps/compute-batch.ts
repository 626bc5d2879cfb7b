import * as tf from '@tensorflow/tfjs-core';
import { explainMissingKernel } from '../backend/explain-missing-kernel.js';
import type { Model, NamedWeight } from '../contract/model.js';
import type { Batch } from '../data/batch-source.js';
import type { Objective, Outputs, ShardScales } from '../objective/objective.js';
import { computeGradients } from '../optimizer/minimize.js';
import type { Compute, TensorLists } from './compute.js';

/** What the outputs and losses of a batch depend on. */
export interface ForwardParts {
  readonly model: Model;
  readonly objective: Objective;
}

/** What the forward pass of a batch gives. */
export interface Forward extends TensorLists {
  readonly outputs: readonly tf.Tensor[];
  readonly masks: readonly (tf.Tensor | undefined)[];
  /** Of the outputs that have a loss. */
  readonly losses: readonly tf.Scalar[];
  readonly total: readonly [tf.Scalar];
}

/** What training needs of a batch. */
export interface Backward extends Forward {
  /** Of the trained weights; undefined for a weight on which the loss does not depend. */
  readonly gradients: readonly (tf.Tensor | undefined)[];
}

/** The outputs of a batch and their losses, differentiable. Call within a tidy. */
export function computeForward(
  { model, objective }: ForwardParts,
  batch: Batch,
  training: boolean,
  shard?: ShardScales,
): Forward {
  const given: Outputs = { outputs: forward(model, batch, training), masks: computeMasks(model, batch) };
  const { total, outputs: losses } = objective.losses(given, batch, model.losses?.() ?? [], shard);
  return { ...given, losses, total: [total] };
}

/**
 * The outputs, losses and gradients of a batch. The caller disposes them.
 *
 * @param shard Given if the batch is a shard. The gradients are then those of share times loss.
 */
export function computeBackward(
  { model, objective, optimizer }: ForwardParts & { readonly optimizer: tf.Optimizer },
  batch: Batch,
  trained: readonly NamedWeight[],
  shard?: ShardScales,
): Backward {
  const held = new Held();
  let forwarded: Forward | undefined;
  let minimized: tf.Scalar | undefined;
  const loss = (): tf.Scalar => {
    forwarded = held.hold(computeForward({ model, objective }, batch, true, shard));
    const [total] = forwarded.total;
    return (minimized = shard === undefined ? total : tf.mul<tf.Scalar>(total, shard.share));
  };
  const variables = trained.map(({ variable }) => variable);
  try {
    const gradients: Partial<tf.NamedTensorMap> = computeGradients(optimizer, loss, variables);
    return {
      ...(forwarded as unknown as Forward),
      gradients: variables.map(({ name }) => gradients[name] ?? undefined),
    };
  } catch (error) {
    held.dispose();
    throw error;
  } finally {
    if (shard !== undefined) minimized?.dispose();
  }
}

/** Tensors of a step that a tidy must not free. */
export class Held {
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

/** The outputs of a batch outside training. The caller disposes them. */
export function predictBatch(model: Model, batch: Batch, compute: Compute): tf.Tensor[] {
  return runInference(model, batch, () => {
    const { weights } = model;
    const { outputs } = compute({ kind: 'predict', batch, weights }, () => ({
      outputs: forward(model, batch, false),
    }));
    return outputs.map((output) => tf.keep(output.clone()));
  });
}

export function computeMasks(model: Model, { inputs }: Batch): readonly (tf.Tensor | undefined)[] {
  return model.masks?.(oneOrList(inputs)) ?? [];
}

export function oneOrList(tensors: readonly tf.Tensor[]): tf.Tensor | tf.Tensor[] {
  const [only] = tensors;
  return tensors.length === 1 && only !== undefined ? only : [...tensors];
}
