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
import { defineGradient } from './define-gradient.js';
import { sumToShape } from './axes.js';

const save = { inputsToSave: ['a', 'b'] };

/** tfjs gives these gradients in the shape of the output, and throws where an input was broadcast. */
export const broadcastGradients: readonly GradConfig[] = [
  // Where both are equal, all of the gradient goes to a.
  defineBinaryGradient(
    Maximum,
    (dy, a, b) => mul(dy, cast(greaterEqual(a, b), 'float32')),
    (dy, a, b) => mul(dy, cast(less(a, b), 'float32')),
  ),
  defineBinaryGradient(
    Minimum,
    (dy, a, b) => mul(dy, cast(lessEqual(a, b), 'float32')),
    (dy, a, b) => mul(dy, cast(greater(a, b), 'float32')),
  ),
  defineBinaryGradient(
    SquaredDifference,
    (dy, a, b) => mul(dy, mul(scalar(2), sub(a, b))),
    (dy, a, b) => mul(dy, mul(scalar(2), sub(b, a))),
  ),
  defineGradient<BatchMatMulAttrs>(BatchMatMul, save, (dy, saved, { transposeA, transposeB }) => {
    const [a, b] = saved as [Tensor, Tensor];
    const [ofA, ofB] = transposeA
      ? differentiateTransposedProduct(dy, a, b, transposeB)
      : differentiateProduct(dy, a, b, transposeB);
    return { a: () => sumToShape(ofA(), a.shape), b: () => sumToShape(ofB(), b.shape) };
  }),
];

type OperandGradient = (dy: Tensor, a: Tensor, b: Tensor) => Tensor;

function defineBinaryGradient(kernelName: string, ofA: OperandGradient, ofB: OperandGradient): GradConfig {
  return defineGradient(kernelName, save, (dy, saved) => {
    const [a, b] = saved as [Tensor, Tensor];
    return { a: () => sumToShape(ofA(dy, a, b), a.shape), b: () => sumToShape(ofB(dy, a, b), b.shape) };
  });
}

function differentiateProduct(
  dy: Tensor,
  a: Tensor,
  b: Tensor,
  transposeB: boolean,
): [() => Tensor, () => Tensor] {
  return transposeB
    ? [() => matMul(dy, b, false, false), () => matMul(dy, a, true, false)]
    : [() => matMul(dy, b, false, true), () => matMul(a, dy, true, false)];
}

function differentiateTransposedProduct(
  dy: Tensor,
  a: Tensor,
  b: Tensor,
  transposeB: boolean,
): [() => Tensor, () => Tensor] {
  return transposeB
    ? [() => matMul(b, dy, true, true), () => matMul(dy, a, true, true)]
    : [() => matMul(b, dy, false, true), () => matMul(a, dy, false, false)];
}
