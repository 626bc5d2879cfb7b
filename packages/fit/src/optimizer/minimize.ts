import * as tf from '@tensorflow/tfjs-core';
import type { NamedWeight } from '../contract/model.js';
import { applyGradients } from './apply-gradients.js';
import { orderTape } from './order-tape.js';

/**
 * Trains the weights by one step, as `optimizer.minimize` does: a class that minimizes or computes gradients in
 * its own way, for instance to clip them, does so here too. The tensor that `loss` returns stays the caller's.
 *
 * @param onGradients Called with the number of gradients, before weights change; not if the class minimizes itself.
 */
export function minimize(
  optimizer: tf.Optimizer,
  loss: () => tf.Scalar,
  trained: readonly NamedWeight[],
  onGradients?: (count: number) => void,
): void {
  const variables = trained.map(({ variable }) => variable);
  if (hasOwnMinimize(optimizer)) {
    tf.dispose(optimizer.minimize(withOwnResult(withOrderedTape(loss)), true, variables) ?? []);
    return;
  }
  const grads = computeGradients(optimizer, loss, variables);
  try {
    onGradients?.(Object.values(grads).filter((grad) => grad instanceof tf.Tensor).length);
    applyGradients(
      optimizer,
      variables.map((variable) => ({ variable, gradient: grads[variable.name] })),
    );
  } finally {
    tf.dispose(Object.values(grads));
  }
}

/** Whether the class takes a whole step in its own way, so that its gradients cannot be computed separately. */
export function hasOwnMinimize(optimizer: tf.Optimizer): boolean {
  const { minimize: own } = optimizer as Partial<tf.Optimizer>;
  return own !== undefined && own !== tf.Optimizer.prototype.minimize;
}

/** Whether the class computes gradients in its own way, alone or in a whole step. */
export function hasOwnGradients(optimizer: tf.Optimizer): boolean {
  const { computeGradients: own } = optimizer as Partial<tf.Optimizer>;
  return hasOwnMinimize(optimizer) || (own !== undefined && own !== tf.Optimizer.prototype.computeGradients);
}

/** The gradients of a loss by the tfjs names of the variables. The caller disposes them. */
export function computeGradients(
  optimizer: tf.Optimizer,
  loss: () => tf.Scalar,
  variables: tf.Variable[],
): tf.NamedTensorMap {
  const ordered = withOrderedTape(loss);
  const { computeGradients: own } = optimizer as Partial<tf.Optimizer>;
  if (own === undefined || own === tf.Optimizer.prototype.computeGradients)
    return tf.variableGrads(ordered, variables).grads;
  // As in tfjs-layers' fit, what the method leaves behind is freed.
  return tf.tidy(() => own.call(optimizer, withOwnResult(ordered), variables).grads as tf.NamedTensorMap);
}

/** A loss that may have gradients in it, such as a gradient penalty. */
function withOrderedTape(loss: () => tf.Scalar): () => tf.Scalar {
  return () => {
    const value = loss();
    orderTape();
    return value;
  };
}

/** A loss whose result the optimizer may dispose. */
function withOwnResult(loss: () => tf.Scalar): () => tf.Scalar {
  return () => tf.clone(loss());
}
