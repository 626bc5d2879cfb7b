import * as tf from '@tensorflow/tfjs-core';
import { getOptimizerClass, hasOwnState, hasOwnWeights } from './optimizer-kind.js';
import { readOwnState, readOwnWeights } from './own-state.js';
import { readFields } from './read-fields.js';
import type { OptimizerSnapshot } from './saved-optimizer.js';
import type { WeightNames } from './weight-names.js';

export { HiddenTensors } from './hidden-tensors.js';

/**
 * Reads the whole state of an optimizer whose class tfjs does not bring: what its `readState` returns, or all
 * its fields and what the class's own `getWeights` returns.
 *
 * @throws KEEPFIT_INVALID_OPTION when a tensor is of a type that checkpoints do not have.
 */
export async function readOwnOptimizer(
  optimizer: tf.Optimizer,
  names: WeightNames,
): Promise<OptimizerSnapshot> {
  const nothingMade = () => {};
  const { iterations } = optimizer as Partial<tf.Optimizer>;
  const saved = { class: getOptimizerClass(optimizer), numbers: { iterations: iterations ?? 0 } };
  if (hasOwnState(optimizer)) {
    const { state, tensors } = readOwnState(optimizer.readState(), names);
    return { saved: { ...saved, state }, tensors, dispose: nothingMade };
  }
  const { tree, tensors } = readFields(optimizer, names);
  if (!hasOwnWeights(optimizer)) return { saved: { ...saved, fields: tree }, tensors, dispose: nothingMade };
  const all = new Map(tensors);
  const { weights, made } = await readOwnWeights(optimizer, names, all);
  return { saved: { ...saved, fields: tree, weights }, tensors: all, dispose: () => tf.dispose(made) };
}
