import type * as tf from '@tensorflow/tfjs-core';
import { runUpdate } from '../update/run-update.js';
import type { UpdateOps } from '../update/update-ops.js';
import type { OptimizerOptions } from './options.js';
import { assign } from './variables.js';

/** The slot of a weight that holds its moving average. */
export const AVERAGE = 'average';

type AverageOptions = Pick<OptimizerOptions, 'emaOverwriteFrequency'> & { readonly emaMomentum: number };
type SlotTable = ReadonlyMap<tf.Variable, Readonly<Record<string, tf.Variable>>>;

/**
 * Moves the averages of trainable weights that have one: `momentum · average + (1 - momentum) · weight`, as Keras
 * does. The first average is the weight. Call it in `tf.tidy`, when the weights have their new values.
 *
 * @param count the number of the update, counted from 1
 */
export function moveAverages(
  slots: SlotTable,
  { emaMomentum, emaOverwriteFrequency: frequency }: AverageOptions,
  count: number,
): void {
  const momentum = count === 1 ? 0 : Math.fround(emaMomentum);
  for (const [weight, { [AVERAGE]: average }] of slots) {
    if (average === undefined || !weight.trainable) continue;
    const [next] = runUpdate([average, weight], <V>(ops: UpdateOps<V>, [before, value]: readonly V[]) => [
      ops.add(ops.mul(before as V, momentum), ops.mul(value as V, 1 - momentum)),
    ]);
    assign(average, next);
  }
  if (frequency !== undefined && count % frequency === 0) takeAverages(slots.keys(), slots);
}

/** Gives trainable weights the values of their averages, if there are any. */
export function takeAverages(weights: Iterable<tf.Variable>, slots: SlotTable): void {
  for (const weight of weights) {
    const average = slots.get(weight)?.[AVERAGE];
    if (average !== undefined && weight.trainable) weight.assign(average);
  }
}
