import type { Capture } from '@keepfit/callbacks';
import type * as tf from '@tensorflow/tfjs-core';
import type { NamedWeight } from '../contract/model.js';
import { fieldsOf } from '../optimizer/optimizer-kind.js';
import type { OptimizerRole } from '../optimizer/optimizer-role.js';
import type { HeldTensor } from './capture-tensor.js';
import { captureWeights, createCapture } from './capture-training.js';

/** The values of weights that were replaced, without a copy. */
export interface FormerWeights {
  restore(): void;
  dispose(): void;
}

/**
 * Gives the weights their final values, as Keras' `finalize_variable_values` does: those of the average that an
 * optimizer keeps, if it keeps one. The caller disposes the result, the values before; undefined if none changed.
 */
export function finalizeWeights(
  optimizers: readonly OptimizerRole[],
  weights: readonly NamedWeight[],
): FormerWeights | undefined {
  const final = optimizers.filter(
    ({ optimizer }) => typeof fieldsOf(optimizer)['finalizeWeights'] === 'function',
  );
  if (final.length === 0) return undefined;
  const held = captureWeights(weights);
  const before = weights.map(({ variable }) => variable.dataId);
  try {
    for (const role of final) finalizeRole(role, weights);
  } catch (error) {
    restoreWeights(weights, held);
    dispose(held);
    throw error;
  }
  if (weights.some(({ variable }, index) => variable.dataId !== before[index]))
    return { restore: () => restoreWeights(weights, held), dispose: () => dispose(held) };
  dispose(held);
  return undefined;
}

function finalizeRole(role: OptimizerRole, weights: readonly NamedWeight[]): void {
  const trained = role.view(weights).filter(({ trainable }) => trainable);
  const { finalizeWeights: finalize } = fieldsOf(role.optimizer);
  (finalize as (variables: readonly tf.Variable[]) => void).call(
    role.optimizer,
    trained.map(({ variable }) => variable),
  );
}

/** Captures the weights with which training would end now; they stay as they are. The caller disposes it. */
export function captureFinalWeights(
  optimizers: readonly OptimizerRole[],
  weights: readonly NamedWeight[],
): Capture {
  const former = finalizeWeights(optimizers, weights);
  try {
    return createCapture(captureWeights(weights));
  } finally {
    former?.restore();
    former?.dispose();
  }
}

function restoreWeights(weights: readonly NamedWeight[], held: readonly HeldTensor[]): void {
  weights.forEach(({ variable }, index) => {
    const { tensor } = held[index] as HeldTensor;
    if (variable.dataId !== tensor.dataId) variable.assign(tensor);
  });
}

function dispose(held: readonly HeldTensor[]): void {
  for (const { dispose: free } of held) free();
}
