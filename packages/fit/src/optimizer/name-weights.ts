import type * as tf from '@tensorflow/tfjs-core';
import type { NamedWeight } from '../contract/model.js';
import { fieldsOf } from './optimizer-kind.js';

/**
 * Tells an optimizer the model's own names of all weights, frozen ones too: what it finds by name, such as
 * weights without decay, is then the same in every process.
 */
export function nameWeights(optimizer: tf.Optimizer, weights: readonly NamedWeight[]): void {
  const { nameWeights: tell } = fieldsOf(optimizer);
  if (typeof tell === 'function')
    tell.call(optimizer, new Map(weights.map(({ variable, name }) => [variable, name])));
}
