import type * as tf from '@tensorflow/tfjs-core';
import { hasOwnState } from './optimizer-kind.js';
import { explainRefusal, writeOwnWeights } from './own-state.js';
import type { SavedOptimizer } from './saved-optimizer.js';
import { writeIterations, writeSlots } from './slot-lists.js';
import type { WeightNames } from './weight-names.js';
import { writeFields } from './write-fields.js';

/**
 * Gives an optimizer a state that `readOptimizer` returned, here or in another process, and which fits it: see
 * `takesState` and `findPlace`. The tensors stay the caller's.
 *
 * @throws KEEPFIT_CHECKPOINT_MISMATCH when the optimizer's own `writeState` or `setWeights` throws.
 */
export async function writeOptimizer(
  optimizer: tf.Optimizer,
  names: WeightNames,
  { numbers, fields, weights, state }: SavedOptimizer,
  tensors: ReadonlyMap<string, tf.Tensor>,
): Promise<void> {
  if (fields === undefined && state === undefined) {
    writeSlots(optimizer, names.order, tensors, numbers);
    return;
  }
  if (state !== undefined && hasOwnState(optimizer)) {
    const values = state.map(([name, value]) => [
      names.toText(name),
      typeof value === 'number' ? value : tensors.get(value),
    ]);
    await explainRefusal(optimizer, () =>
      optimizer.writeState(Object.fromEntries(values) as Record<string, tf.Tensor | number>),
    );
  }
  if (weights !== undefined) await writeOwnWeights(optimizer, names, weights, tensors);
  if (fields !== undefined) writeFields(optimizer, names, fields, tensors);
  // An optimizer that accumulates gradients counts differently from tfjs, and restores its own count.
  if ('iterations' in optimizer && optimizer.iterations !== numbers['iterations'])
    writeIterations(optimizer, numbers);
}
