import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';

export type RateName = 'precision' | 'recall' | 'sensitivity' | 'specificity';

/** The rates that follow from true positives, false positives, true negatives and false negatives; 0 where undefined. */
export function ratesOf([tp, fp, tn, fn]: readonly [Tensor, Tensor, Tensor, Tensor]): Readonly<
  Record<RateName, () => Tensor>
> {
  const rate = (hits: Tensor, misses: Tensor) => (): Tensor => tf.divNoNan(hits, tf.add(hits, misses));
  return {
    precision: rate(tp, fp),
    recall: rate(tp, fn),
    sensitivity: rate(tp, fn),
    specificity: rate(tn, fp),
  };
}
