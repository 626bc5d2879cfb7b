import type * as tf from '@tensorflow/tfjs-core';

/**
 * How the values of a loss become one number, as in Keras. With weights w and values v:
 * - `'sum_over_batch_size'`, `'mean'`: sum(v · w) / number of values;
 * - `'sum'`: sum(v · w);
 * - `'mean_with_sample_weight'`: sum(v · w) / sum(w);
 * - `'none'`, `null`: not at all. Training minimizes one number and refuses it, as Keras does.
 *
 * A mask counts as weights of 0 and 1. The two means then divide by the number of unmasked values.
 */
export type Reduction = 'sum_over_batch_size' | 'sum' | 'mean' | 'mean_with_sample_weight' | 'none' | null;

/**
 * A loss as the trainer uses it: one value per sample, of the shape of `yPred` without its last axis ([batch],
 * [batch, time]), or a scalar that is already the mean. The trainer reduces it by its `reduction` and
 * differentiates it, so it is made of operations that have gradients.
 *
 * `yTrue` may be float32, int32 or bool. Synchronous; the caller's `tf.tidy` frees the other tensors that it
 * creates.
 */
export interface LossFunction {
  (yTrue: tf.Tensor, yPred: tf.Tensor): tf.Tensor;
  /**
   * How the trainer reduces the values. A metric does not read it.
   *
   * @default 'sum_over_batch_size'
   */
  readonly reduction?: Reduction;
  /**
   * The values that count, 1 or 0 in the shape of the values, if the loss leaves some out by itself.
   *
   * @default all
   */
  readonly mask?: (yTrue: tf.Tensor, yPred: tf.Tensor) => tf.Tensor;
  /**
   * Whether `mask` reads the targets, and of `yPred` only the shape. If a batch is cut into shards, the loss is then
   * divided by what counts in the whole batch, and otherwise by what counts in the shard.
   *
   * @default false
   */
  readonly isMaskOfTargets?: boolean;
  /**
   * The same loss with a `mask`, if this one scales the values that count to make up for those that do not. Whoever
   * has another mask, or weights, needs it: two masks have one scale together.
   *
   * @default none: the values are not scaled
   */
  readonly unscaled?: LossFunction;
  /**
   * Whether each value of the targets is a class number. Class weights then read a row of several as one class a
   * value, and otherwise as one-hot.
   *
   * @default false
   */
  readonly readsClassNumbers?: boolean;
  /**
   * Whether it computes from nothing but its arguments and constants, so that a recorded step may repeat it. The
   * losses of keepfit do.
   *
   * @default false
   */
  readonly isRecordable?: boolean;
  /**
   * What checkpoints call the loss, together with `config`. A resume with another one is refused.
   *
   * @default the name of the function
   */
  readonly className?: string;
  /** Every option that changes a number, with its default if it was left out; plain values. Needs `className`. */
  readonly config?: object;
}
