import type { Tensor } from '@tensorflow/tfjs-core';

/**
 * A loss as the trainer uses it: one value a sample, of the shape of `yPred` without its last axis ([batch], [batch, time]),
 * or a scalar that is already the mean. The trainer reduces it with `weightedMean` and differentiates it, so it is made of
 * operations that have gradients.
 *
 * `yTrue` may be float32, int32 or bool. Synchronous; what it creates beside its result belongs to the caller's `tf.tidy`.
 */
export type LossFunction = (yTrue: Tensor, yPred: Tensor) => Tensor;
