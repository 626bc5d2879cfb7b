import * as tf from '@tensorflow/tfjs-core';
import { sumToShape } from './axes.js';
import { runFusedKernel, defineGradient, runKernel } from './define-gradient.js';

const operands = { inputsToSave: ['a', 'b'] };
const input = { inputsToSave: ['x'] };
const result = { outputsToSave: [true] };

/**
 * Gradients that tfjs computes correctly, in fewer kernels and to the same bits. They skip casts of floats to
 * floats and the scopes that ops open, and use a single fused kernel if the backend has one. A step of an
 * LSTM has a thousand of these gradients.
 */
export const fastGradients: readonly tf.GradConfig[] = [
  defineGradient(tf.Add, operands, (dy, saved) => {
    const [a, b] = saved as [tf.Tensor, tf.Tensor];
    return { a: () => passOn(dy, a.shape), b: () => passOn(dy, b.shape) };
  }),
  defineGradient(tf.Sub, operands, (dy, saved) => {
    const [a, b] = saved as [tf.Tensor, tf.Tensor];
    return { a: () => passOn(dy, a.shape), b: () => tf.neg(sumToShape(dy, b.shape)) };
  }),
  defineGradient(tf.Multiply, operands, (dy, saved) => {
    const [a, b] = saved as [tf.Tensor, tf.Tensor];
    return { a: () => sumToShape(multiply(dy, b), a.shape), b: () => sumToShape(multiply(dy, a), b.shape) };
  }),
  defineGradient(tf.RealDiv, operands, (dy, saved) => {
    const [a, b] = saved as [tf.Tensor, tf.Tensor];
    return {
      a: () => sumToShape(divide(dy, b), a.shape),
      b: () => tf.neg(divide(sumToShape(multiply(dy, a), b.shape), tf.square(b))),
    };
  }),
  defineGradient(tf.Log, input, (dy, saved) => {
    const [x] = saved as [tf.Tensor];
    return { x: () => divide(dy, x) };
  }),
  // The kernel takes the result, so that nothing but the gradient of the gradient needs the input.
  defineGradient(tf.Relu, { ...input, ...result }, (dy, saved) => {
    const [x, y] = saved as [tf.Tensor, tf.Tensor];
    return {
      x: () =>
        runFusedKernel('KeepfitReluGradient', { dy, x: y }, { max: Infinity }) ?? multiply(dy, tf.step(x)),
    };
  }),
  defineGradient(tf.Relu6, input, (dy, saved) => {
    const [x] = saved as [tf.Tensor];
    const byOps = (): tf.Tensor => multiply(dy, tf.mul(tf.lessEqual(x, 6), tf.step(x)));
    return { x: () => runFusedKernel('KeepfitReluGradient', { dy, x }, { max: 6 }) ?? byOps() };
  }),
  defineGradient<tf.LeakyReluAttrs>(tf.LeakyRelu, input, (dy, saved, { alpha }) => {
    const [x] = saved as [tf.Tensor];
    const byOps = (): tf.Tensor => tf.where(tf.greater(x, 0), dy, tf.mul(dy, alpha));
    return { x: () => runFusedKernel('KeepfitLeakyReluGradient', { dy, x }, { alpha }) ?? byOps() };
  }),
  defineGradient(tf.Square, input, (dy, saved) => {
    const [x] = saved as [tf.Tensor];
    const byOps = (): tf.Tensor => multiply(dy, tf.mul(toFloat(x), 2));
    return { x: () => runFusedKernel('KeepfitSquareGradient', { dy, x }) ?? byOps() };
  }),
  defineGradient(tf.Tanh, result, (dy, saved) => {
    const [y] = saved as [tf.Tensor];
    return {
      x: () => runFusedKernel('KeepfitTanhGradient', { dy, y }) ?? tf.mul(tf.sub(1, tf.square(y)), dy),
    };
  }),
  defineGradient(tf.Sigmoid, result, (dy, saved) => {
    const [y] = saved as [tf.Tensor];
    return {
      x: () => runFusedKernel('KeepfitSigmoidGradient', { dy, y }) ?? tf.mul(dy, tf.mul(y, tf.sub(1, y))),
    };
  }),
  defineGradient<tf.ClipByValueAttrs>(
    tf.ClipByValue,
    input,
    (dy, saved, { clipValueMin: low, clipValueMax: high }) => {
      const [x] = saved as [tf.Tensor];
      const byOps = (): tf.Tensor =>
        tf.where(tf.logicalAnd(tf.greaterEqual(x, low), tf.lessEqual(x, high)), dy, tf.zerosLike(dy));
      return { x: () => runFusedKernel('KeepfitClipGradient', { dy, x }, { low, high }) ?? byOps() };
    },
  ),
];

/** Returns the gradient as a separate tensor because tfjs disposes each. */
function passOn(dy: tf.Tensor, shape: number[]): tf.Tensor {
  return tf.util.arraysEqual(dy.shape, shape) ? runKernel(tf.Identity, { x: dy }) : sumToShape(dy, shape);
}

function multiply(dy: tf.Tensor, b: tf.Tensor): tf.Tensor {
  return runKernel(tf.Multiply, { a: dy, b: toFloat(b) });
}

function divide(dy: tf.Tensor, b: tf.Tensor): tf.Tensor {
  return runKernel(tf.RealDiv, { a: dy, b: toFloat(b) });
}

function toFloat(x: tf.Tensor): tf.Tensor {
  return x.dtype === 'float32' ? x : tf.cast(x, 'float32');
}
