import {
  Add,
  cast,
  ClipByValue,
  type ClipByValueAttrs,
  type GradConfig,
  greaterEqual,
  Identity,
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
  Sub,
  Tanh,
  type Tensor,
  util,
  where,
  zerosLike,
} from '@tensorflow/tfjs-core';
import { fusedKernel } from './fused-kernel.js';
import { gradientOf } from './gradient-of.js';
import { runKernel } from './run-kernel.js';
import { sumToShape } from './sum-to-shape.js';

const operands = { inputsToSave: ['a', 'b'] };
const result = { outputsToSave: [true] };

/**
 * Gradients that tfjs has right, in fewer kernels and to the same bits: without casts of floats to floats, without the scopes that ops
 * open, and where the backend has one, in one kernel of its own. An LSTM's step has a thousand of them.
 */
export const fastGradients: readonly GradConfig[] = [
  gradientOf(Add, operands, (dy, saved) => {
    const [a, b] = saved as [Tensor, Tensor];
    return { a: () => passedOn(dy, a.shape), b: () => passedOn(dy, b.shape) };
  }),
  gradientOf(Sub, operands, (dy, saved) => {
    const [a, b] = saved as [Tensor, Tensor];
    return { a: () => passedOn(dy, a.shape), b: () => neg(sumToShape(dy, b.shape)) };
  }),
  gradientOf(Multiply, operands, (dy, saved) => {
    const [a, b] = saved as [Tensor, Tensor];
    return { a: () => sumToShape(times(dy, b), a.shape), b: () => sumToShape(times(dy, a), b.shape) };
  }),
  gradientOf(RealDiv, operands, (dy, saved) => {
    const [a, b] = saved as [Tensor, Tensor];
    return {
      a: () => sumToShape(over(dy, b), a.shape),
      b: () => neg(over(sumToShape(times(dy, a), b.shape), square(b))),
    };
  }),
  gradientOf(Log, { inputsToSave: ['x'] }, (dy, saved) => {
    const [x] = saved as [Tensor];
    return { x: () => over(dy, x) };
  }),
  gradientOf(Relu, { inputsToSave: ['x'] }, (dy, saved) => {
    const [x] = saved as [Tensor];
    return { x: () => times(dy, step(x)) };
  }),
  gradientOf(Tanh, result, (dy, saved) => {
    const [y] = saved as [Tensor];
    return { x: () => fusedKernel('KeepfitTanhGradient', { dy, y }) ?? mul(sub(1, square(y)), dy) };
  }),
  gradientOf(Sigmoid, result, (dy, saved) => {
    const [y] = saved as [Tensor];
    return { x: () => fusedKernel('KeepfitSigmoidGradient', { dy, y }) ?? mul(dy, mul(y, sub(1, y))) };
  }),
  gradientOf<ClipByValueAttrs>(
    ClipByValue,
    { inputsToSave: ['x'] },
    (dy, saved, { clipValueMin: low, clipValueMax: high }) => {
      const [x] = saved as [Tensor];
      const byOps = (): Tensor =>
        where(logicalAnd(greaterEqual(x, low), lessEqual(x, high)), dy, zerosLike(dy));
      return { x: () => fusedKernel('KeepfitClipGradient', { dy, x }, { low, high }) ?? byOps() };
    },
  ),
];

/** The gradient itself, in a tensor of its own: tfjs disposes each. */
function passedOn(dy: Tensor, shape: number[]): Tensor {
  return util.arraysEqual(dy.shape, shape) ? runKernel(Identity, { x: dy }) : sumToShape(dy, shape);
}

function times(dy: Tensor, b: Tensor): Tensor {
  return runKernel(Multiply, { a: dy, b: floats(b) });
}

function over(dy: Tensor, b: Tensor): Tensor {
  return runKernel(RealDiv, { a: dy, b: floats(b) });
}

function floats(x: Tensor): Tensor {
  return x.dtype === 'float32' ? x : cast(x, 'float32');
}
