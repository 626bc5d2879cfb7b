import * as tf from '@tensorflow/tfjs-core';
import { defineGradient, runFusedKernels, runKernel } from './define-gradient.js';
import { sumToShape } from './axes.js';

/**
 * tfjs' gradient throws if the means have the input's rank, as they do for every axis but the last. It also
 * copies the means over the whole input.
 */
export const batchNormGradient: tf.GradConfig = defineGradient<tf.FusedBatchNormAttrs>(
  tf.FusedBatchNorm,
  { inputsToSave: ['x', 'mean', 'variance', 'scale'] },
  (dy, saved, { varianceEpsilon }) => {
    const [x, mean, variance, scale] = saved as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
    const inverse = tf.rsqrt(tf.add(variance, tf.scalar(varianceEpsilon)));
    const fused = isPerChannel(x, [mean, variance, scale])
      ? differentiatePerChannel(dy, x, mean, inverse, scale)
      : undefined;
    if (fused !== undefined) return fused;
    const centred = (): tf.Tensor => tf.sub(x, mean);
    const scaled = (): tf.Tensor => tf.mul(dy, scale);
    return {
      x: () => tf.mul(tf.mul(dy, inverse), scale),
      mean: () => sumToShape(tf.mul(tf.neg(inverse), scaled()), mean.shape),
      variance: () =>
        sumToShape(
          tf.mul(
            tf.mul(tf.mul(tf.mul(tf.mul(inverse, inverse), inverse), tf.scalar(-0.5)), centred()),
            scaled(),
          ),
          variance.shape,
        ),
      scale: () => sumToShape(tf.mul(dy, tf.mul(centred(), inverse)), scale.shape),
      // The offset is not saved, but has the shape of the means.
      offset: () => sumToShape(dy, mean.shape),
    };
  },
);

/** Whether there are several channels, the last axis, each with one number of every kind. */
function isPerChannel(x: tf.Tensor, statistics: readonly tf.Tensor[]): boolean {
  const channels = x.shape[x.rank - 1] ?? 1;
  // Sums of a single column run in another order, so the ops compute them.
  return channels > 1 && statistics.every(({ shape }) => shape.length === 1 && shape[0] === channels);
}

/** The same values to the bit by two kernels, if the backend has them: one pass over x, and two over dy. */
function differentiatePerChannel(
  dy: tf.Tensor,
  x: tf.Tensor,
  mean: tf.Tensor,
  inverse: tf.Tensor,
  scale: tf.Tensor,
): Record<string, () => tf.Tensor> | undefined {
  const sums = runFusedKernels('KeepfitBatchNormSums', { dy, x, mean, inverse, scale });
  if (sums === undefined) return undefined;
  const [ofMean, ofVariance, ofScale, ofOffset] = sums as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
  return {
    x: () => runKernel('KeepfitBatchNormInputGradient', { dy, inverse, scale }),
    mean: () => ofMean,
    variance: () => ofVariance,
    scale: () => ofScale,
    offset: () => ofOffset,
  };
}
