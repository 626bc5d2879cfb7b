import type * as tf from '@tensorflow/tfjs-core';
import { loadOwnOptimizer } from './load-own-optimizer.js';
import { getOptimizerClass, isStock } from './optimizer-kind.js';
import type { OptimizerSnapshot } from './saved-optimizer.js';
import { readSlots } from './slot-lists.js';
import type { WeightNames } from './weight-names.js';

/**
 * Reads the whole state of an optimizer: the fields of tfjs' classes, or of another class what
 * `readOwnOptimizer` finds.
 *
 * @throws KEEPFIT_INVALID_OPTION when a tensor is of a type that checkpoints do not have.
 */
export async function readOptimizer(optimizer: tf.Optimizer, names: WeightNames): Promise<OptimizerSnapshot> {
  if (!isStock(optimizer)) return (await loadOwnOptimizer()).readOwnOptimizer(optimizer, names);
  const { variables, numbers } = readSlots(optimizer, names.order);
  return { saved: { class: getOptimizerClass(optimizer), numbers }, tensors: variables, dispose: () => {} };
}
