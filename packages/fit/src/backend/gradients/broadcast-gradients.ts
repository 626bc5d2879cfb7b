import * as tf from '@tensorflow/tfjs-core';
import { defineGradient, runFusedKernel } from './define-gradient.js';
import { sumToShape } from './axes.js';

const save = { inputsToSave: ['a', 'b'] };

/** tfjs gives these gradients in the shape of the output, and throws if an input was broadcast. */
export const broadcastGradients: readonly tf.GradConfig[] = [
  // If both are equal, the whole gradient goes to a.
  defineBinaryGradient(
    tf.Maximum,
    (dy, a, b) => passGreater(dy, a, b, true),
    (dy, a, b) => passGreater(dy, b, a, false),
  ),
  defineBinaryGradient(
    tf.Minimum,
    (dy, a, b) => passGreater(dy, b, a, true),
    (dy, a, b) => passGreater(dy, a, b, false),
  ),
  defineBinaryGradient(
    tf.SquaredDifference,
    (dy, a, b) => tf.mul(dy, tf.mul(tf.scalar(2), tf.sub(a, b))),
    (dy, a, b) => tf.mul(dy, tf.mul(tf.scalar(2), tf.sub(b, a))),
  ),
  defineGradient<tf.BatchMatMulAttrs>(tf.BatchMatMul, save, (dy, saved, { transposeA, transposeB }) => {
    const [a, b] = saved as [tf.Tensor, tf.Tensor];
    const [ofA, ofB] = transposeA
      ? differentiateTransposedProduct(dy, a, b, transposeB)
      : differentiateProduct(dy, a, b, transposeB);
    return { a: () => sumToShape(ofA(), a.shape), b: () => sumToShape(ofB(), b.shape) };
  }),
];

/** Passes the gradient on where a > b, or a ≥ b with `orEqual`: dy times 1 or 0, so that NaN stays. */
function passGreater(dy: tf.Tensor, a: tf.Tensor, b: tf.Tensor, orEqual: boolean): tf.Tensor {
  const isPlain = [a, b].every(({ shape, size }) => size === 1 || tf.util.arraysEqual(shape, dy.shape));
  return (
    (isPlain ? runFusedKernel('KeepfitGreaterGradient', { dy, a, b }, { orEqual }) : undefined) ??
    tf.mul(dy, tf.cast(orEqual ? tf.greaterEqual(a, b) : tf.greater(a, b), 'float32'))
  );
}

type OperandGradient = (dy: tf.Tensor, a: tf.Tensor, b: tf.Tensor) => tf.Tensor;

function defineBinaryGradient(kernelName: string, ofA: OperandGradient, ofB: OperandGradient): tf.GradConfig {
  return defineGradient(kernelName, save, (dy, saved) => {
    const [a, b] = saved as [tf.Tensor, tf.Tensor];
    return { a: () => sumToShape(ofA(dy, a, b), a.shape), b: () => sumToShape(ofB(dy, a, b), b.shape) };
  });
}

function differentiateProduct(
  dy: tf.Tensor,
  a: tf.Tensor,
  b: tf.Tensor,
  transposeB: boolean,
): [() => tf.Tensor, () => tf.Tensor] {
  return transposeB
    ? [() => tf.matMul(dy, b, false, false), () => tf.matMul(dy, a, true, false)]
    : [() => tf.matMul(dy, b, false, true), () => tf.matMul(a, dy, true, false)];
}

function differentiateTransposedProduct(
  dy: tf.Tensor,
  a: tf.Tensor,
  b: tf.Tensor,
  transposeB: boolean,
): [() => tf.Tensor, () => tf.Tensor] {
  return transposeB
    ? [() => tf.matMul(b, dy, true, true), () => tf.matMul(dy, a, true, true)]
    : [() => tf.matMul(b, dy, false, true), () => tf.matMul(a, dy, false, false)];
}
