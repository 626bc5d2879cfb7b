import {
  cast,
  Equal,
  FloorDiv,
  type GradConfig,
  Greater,
  greater,
  Less,
  LessEqual,
  log,
  mul,
  NotEqual,
  Pow,
  pow,
  scalar,
  sub,
  type Tensor,
  equal,
  where,
  zeros,
  zerosLike,
} from '@tensorflow/tfjs-core';
import { gradientOf } from './gradient-of.js';
import { sumToShape } from './sum-to-shape.js';

const save = { inputsToSave: ['a', 'b'] };

/**
 * tfjs gives 0 · ∞ = NaN for x⁰ at 0, the slope of a division for floorDiv, which has none, and throws at every comparison but
 * greaterEqual.
 */
export const elementwiseGradients: readonly GradConfig[] = [
  gradientOf(Pow, { ...save, outputsToSave: [true] }, (dy, saved) => {
    const [a, b, y] = saved as [Tensor, Tensor, Tensor];
    return {
      a: () => sumToShape(ofBase(dy, a, cast(b, 'float32')), a.shape),
      b: () => sumToShape(ofExponent(dy, a, y), b.shape),
    };
  }),
  ...[FloorDiv, Equal, NotEqual, Greater, Less, LessEqual].map((kernelName) =>
    gradientOf(kernelName, save, (_, saved) => {
      const [a, b] = saved as [Tensor, Tensor];
      return { a: () => zeros(a.shape), b: () => zeros(b.shape) };
    }),
  ),
];

function ofBase(dy: Tensor, base: Tensor, exponent: Tensor): Tensor {
  const slope = mul(exponent, pow(base, sub(exponent, scalar(1))));
  return mul(dy, where(equal(exponent, 0), zerosLike(slope), slope));
}

function ofExponent(dy: Tensor, base: Tensor, y: Tensor): Tensor {
  return mul(dy, mul(y, where(greater(base, 0), log(base), zerosLike(base))));
}
