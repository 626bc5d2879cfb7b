import {
  add,
  FusedBatchNorm,
  type FusedBatchNormAttrs,
  type GradConfig,
  mul,
  neg,
  rsqrt,
  scalar,
  sub,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { gradientOf } from './gradient-of.js';
import { sumToShape } from './sum-to-shape.js';

/** tfjs' throws where the means are of the input's rank, as those of any axis but the last are; and copies them over the whole input. */
export const batchNormGradient: GradConfig = gradientOf<FusedBatchNormAttrs>(
  FusedBatchNorm,
  { inputsToSave: ['x', 'mean', 'variance', 'scale'] },
  (dy, saved, { varianceEpsilon }) => {
    const [x, mean, variance, scale] = saved as [Tensor, Tensor, Tensor, Tensor];
    const inverse = rsqrt(add(variance, scalar(varianceEpsilon)));
    const centred = (): Tensor => sub(x, mean);
    const scaled = (): Tensor => mul(dy, scale);
    return {
      x: () => mul(mul(dy, inverse), scale),
      mean: () => sumToShape(mul(neg(inverse), scaled()), mean.shape),
      variance: () =>
        sumToShape(
          mul(mul(mul(mul(mul(inverse, inverse), inverse), scalar(-0.5)), centred()), scaled()),
          variance.shape,
        ),
      scale: () => sumToShape(mul(dy, mul(centred(), inverse)), scale.shape),
      // It has the shape of the means, and is not among what is saved.
      offset: () => sumToShape(dy, mean.shape),
    };
  },
);
