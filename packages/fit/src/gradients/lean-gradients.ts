import {
  cast,
  ClipByValue,
  type ClipByValueAttrs,
  div,
  type GradConfig,
  greaterEqual,
  lessEqual,
  Log,
  logicalAnd,
  mul,
  Multiply,
  neg,
  RealDiv,
  Relu,
  Sigmoid,
  square,
  step,
  sub,
  Tanh,
  type Tensor,
  where,
  zerosLike,
} from '@tensorflow/tfjs-core';
import { fusedKernel } from './fused-kernel.js';
import { gradientOf } from './gradient-of.js';
import { sumToShape } from './sum-to-shape.js';

const operands = { inputsToSave: ['a', 'b'] };
const result = { outputsToSave: [true] };

/**
 * Gradients that tfjs has right, in fewer kernels and to the same bits: without casts of floats to floats, and where the backend has one,
 * in one kernel of its own. An LSTM's step has a thousand of them.
 */
export const leanGradients: readonly GradConfig[] = [
  gradientOf(Multiply, operands, (dy, saved) => {
    const [a, b] = saved as [Tensor, Tensor];
    return { a: () => sumToShape(mul(dy, floats(b)), a.shape), b: () => sumToShape(mul(dy, floats(a)), b.shape) };
  }),
  gradientOf(RealDiv, operands, (dy, saved) => {
    const [a, b] = saved as [Tensor, Tensor];
    return {
      a: () => sumToShape(div(dy, floats(b)), a.shape),
      b: () => neg(div(sumToShape(mul(dy, floats(a)), b.shape), floats(square(b)))),
    };
  }),
  gradientOf(Log, { inputsToSave: ['x'] }, (dy, saved) => {
    const [x] = saved as [Tensor];
    return { x: () => div(dy, floats(x)) };
  }),
  gradientOf(Relu, { inputsToSave: ['x'] }, (dy, saved) => {
    const [x] = saved as [Tensor];
    return { x: () => mul(dy, floats(step(x))) };
  }),
  gradientOf(Tanh, result, (dy, saved) => {
    const [y] = saved as [Tensor];
    return { x: () => fusedKernel('KeepfitTanhGradient', { dy, y }) ?? mul(sub(1, square(y)), dy) };
  }),
  gradientOf(Sigmoid, result, (dy, saved) => {
    const [y] = saved as [Tensor];
    return { x: () => fusedKernel('KeepfitSigmoidGradient', { dy, y }) ?? mul(dy, mul(y, sub(1, y))) };
  }),
  gradientOf<ClipByValueAttrs>(ClipByValue, { inputsToSave: ['x'] }, (dy, saved, { clipValueMin: low, clipValueMax: high }) => {
    const [x] = saved as [Tensor];
    const byOps = (): Tensor => where(logicalAnd(greaterEqual(x, low), lessEqual(x, high)), dy, zerosLike(dy));
    return { x: () => fusedKernel('KeepfitClipGradient', { dy, x }, { low, high }) ?? byOps() };
  }),
];

function floats(x: Tensor): Tensor {
  return x.dtype === 'float32' ? x : cast(x, 'float32');
}
