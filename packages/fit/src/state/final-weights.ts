import type { Capture } from '@keepfit/callbacks';
import type * as tf from '@tensorflow/tfjs-core';
import type { NamedWeight } from '../contract/model.js';
import { fieldsOf } from '../optimizer/optimizer-kind.js';
import type { HeldTensor } from './capture-tensor.js';
import { captureWeights, createCapture } from './capture-training.js';

/** The values of weights that were replaced, without a copy. */
export interface FormerWeights {
  putBack(): void;
  dispose(): void;
}

/**
 * Gives the weights their final values, as Keras' `finalize_variable_values` does: of the average, if the
 * optimizer keeps one. The caller disposes the result, the values before; undefined if they did not change.
 */
export function finalizeWeights(
  optimizer: tf.Optimizer,
  weights: readonly NamedWeight[],
): FormerWeights | undefined {
  const { finalizeWeights: finalize } = fieldsOf(optimizer);
  if (typeof finalize !== 'function') return undefined;
  const held = captureWeights(weights);
  const before = weights.map(({ variable }) => variable.dataId);
  const trained = weights.filter(({ trainable }) => trainable).map(({ variable }) => variable);
  try {
    finalize.call(optimizer, trained);
  } catch (error) {
    putBack(weights, held);
    dispose(held);
    throw error;
  }
  if (weights.some(({ variable }, index) => variable.dataId !== before[index]))
    return { putBack: () => putBack(weights, held), dispose: () => dispose(held) };
  dispose(held);
  return undefined;
}

/** Captures the weights with which training would end now; they stay as they are. The caller disposes it. */
export function captureFinalWeights(optimizer: tf.Optimizer, weights: readonly NamedWeight[]): Capture {
  const former = finalizeWeights(optimizer, weights);
  try {
    return createCapture(captureWeights(weights));
  } finally {
    former?.putBack();
    former?.dispose();
  }
}

function putBack(weights: readonly NamedWeight[], held: readonly HeldTensor[]): void {
  weights.forEach(({ variable }, index) => {
    const { tensor } = held[index] as HeldTensor;
    if (variable.dataId !== tensor.dataId) variable.assign(tensor);
  });
}

function dispose(held: readonly HeldTensor[]): void {
  for (const { dispose: free } of held) free();
}
