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
import { sumToShape } from './axes.js';
import { runFusedKernel, defineGradient, runKernel } from './define-gradient.js';

const operands = { inputsToSave: ['a', 'b'] };
const result = { outputsToSave: [true] };

/**
 * Gradients that tfjs has right, in fewer kernels and to the same bits: without casts of floats to floats, without the scopes that ops
 * open, and where the backend has one, in one kernel of its own. An LSTM's step has a thousand of them.
 */
export const fastGradients: readonly GradConfig[] = [
  defineGradient(Add, operands, (dy, saved) => {
    const [a, b] = saved as [Tensor, Tensor];
    return { a: () => passOn(dy, a.shape), b: () => passOn(dy, b.shape) };
  }),
  defineGradient(Sub, operands, (dy, saved) => {
    const [a, b] = saved as [Tensor, Tensor];
    return { a: () => passOn(dy, a.shape), b: () => neg(sumToShape(dy, b.shape)) };
  }),
  defineGradient(Multiply, operands, (dy, saved) => {
    const [a, b] = saved as [Tensor, Tensor];
    return { a: () => sumToShape(multiply(dy, b), a.shape), b: () => sumToShape(multiply(dy, a), b.shape) };
  }),
  defineGradient(RealDiv, operands, (dy, saved) => {
    const [a, b] = saved as [Tensor, Tensor];
    return {
      a: () => sumToShape(divide(dy, b), a.shape),
      b: () => neg(divide(sumToShape(multiply(dy, a), b.shape), square(b))),
    };
  }),
  defineGradient(Log, { inputsToSave: ['x'] }, (dy, saved) => {
    const [x] = saved as [Tensor];
    return { x: () => divide(dy, x) };
  }),
  defineGradient(Relu, { inputsToSave: ['x'] }, (dy, saved) => {
    const [x] = saved as [Tensor];
    return { x: () => multiply(dy, step(x)) };
  }),
  defineGradient(Tanh, result, (dy, saved) => {
    const [y] = saved as [Tensor];
    return { x: () => runFusedKernel('KeepfitTanhGradient', { dy, y }) ?? mul(sub(1, square(y)), dy) };
  }),
  defineGradient(Sigmoid, result, (dy, saved) => {
    const [y] = saved as [Tensor];
    return { x: () => runFusedKernel('KeepfitSigmoidGradient', { dy, y }) ?? mul(dy, mul(y, sub(1, y))) };
  }),
  defineGradient<ClipByValueAttrs>(
    ClipByValue,
    { inputsToSave: ['x'] },
    (dy, saved, { clipValueMin: low, clipValueMax: high }) => {
      const [x] = saved as [Tensor];
      const byOps = (): Tensor =>
        where(logicalAnd(greaterEqual(x, low), lessEqual(x, high)), dy, zerosLike(dy));
      return { x: () => runFusedKernel('KeepfitClipGradient', { dy, x }, { low, high }) ?? byOps() };
    },
  ),
];

/** The gradient itself, in a tensor of its own: tfjs disposes each. */
function passOn(dy: Tensor, shape: number[]): Tensor {
  return util.arraysEqual(dy.shape, shape) ? runKernel(Identity, { x: dy }) : sumToShape(dy, shape);
}

function multiply(dy: Tensor, b: Tensor): Tensor {
  return runKernel(Multiply, { a: dy, b: toFloat(b) });
}

function divide(dy: Tensor, b: Tensor): Tensor {
  return runKernel(RealDiv, { a: dy, b: toFloat(b) });
}

function toFloat(x: Tensor): Tensor {
  return x.dtype === 'float32' ? x : cast(x, 'float32');
}
