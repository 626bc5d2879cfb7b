import {
  BatchMatMul,
  type BatchMatMulAttrs,
  cast,
  type GradConfig,
  greater,
  greaterEqual,
  less,
  lessEqual,
  matMul,
  Maximum,
  Minimum,
  mul,
  scalar,
  SquaredDifference,
  sub,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { gradientOf } from './gradient-of.js';
import { sumToShape } from './sum-to-shape.js';

const save = { inputsToSave: ['a', 'b'] };

/** tfjs gives these gradients in the shape of the output, and throws where an input was broadcast. */
export const broadcastGradients: readonly GradConfig[] = [
  // Where both are equal, all of the gradient goes to a.
  pairwise(
    Maximum,
    (dy, a, b) => mul(dy, cast(greaterEqual(a, b), 'float32')),
    (dy, a, b) => mul(dy, cast(less(a, b), 'float32')),
  ),
  pairwise(
    Minimum,
    (dy, a, b) => mul(dy, cast(lessEqual(a, b), 'float32')),
    (dy, a, b) => mul(dy, cast(greater(a, b), 'float32')),
  ),
  pairwise(
    SquaredDifference,
    (dy, a, b) => mul(dy, mul(scalar(2), sub(a, b))),
    (dy, a, b) => mul(dy, mul(scalar(2), sub(b, a))),
  ),
  gradientOf<BatchMatMulAttrs>(BatchMatMul, save, (dy, saved, { transposeA, transposeB }) => {
    const [a, b] = saved as [Tensor, Tensor];
    const [ofA, ofB] = transposeA ? transposed(dy, a, b, transposeB) : plain(dy, a, b, transposeB);
    return { a: () => sumToShape(ofA(), a.shape), b: () => sumToShape(ofB(), b.shape) };
  }),
];

type Of = (dy: Tensor, a: Tensor, b: Tensor) => Tensor;

function pairwise(kernelName: string, ofA: Of, ofB: Of): GradConfig {
  return gradientOf(kernelName, save, (dy, saved) => {
    const [a, b] = saved as [Tensor, Tensor];
    return { a: () => sumToShape(ofA(dy, a, b), a.shape), b: () => sumToShape(ofB(dy, a, b), b.shape) };
  });
}

function plain(dy: Tensor, a: Tensor, b: Tensor, transposeB: boolean): [() => Tensor, () => Tensor] {
  return transposeB
    ? [() => matMul(dy, b, false, false), () => matMul(dy, a, true, false)]
    : [() => matMul(dy, b, false, true), () => matMul(a, dy, true, false)];
}

function transposed(dy: Tensor, a: Tensor, b: Tensor, transposeB: boolean): [() => Tensor, () => Tensor] {
  return transposeB
    ? [() => matMul(b, dy, true, true), () => matMul(dy, a, true, true)]
    : [() => matMul(b, dy, false, true), () => matMul(a, dy, false, false)];
}
