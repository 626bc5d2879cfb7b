import * as tf from '@tensorflow/tfjs-core';
import { broadcast, type Run } from '../elementwise/broadcast.js';
import { type Loop, loops } from '../elementwise/loops.js';
import { runs } from '../elementwise/runs.js';
import type { JsKernel } from '../js-kernel.js';

/** The elementwise operations that fill a training step. */
export const elementwiseKernels = {
  add: createBinaryKernel(tf.Add, runs.add),
  sub: createBinaryKernel(tf.Sub, runs.subtract),
  multiply: createBinaryKernel(tf.Multiply, runs.multiply),
  realDiv: createBinaryKernel(tf.RealDiv, runs.divide),
  maximum: createBinaryKernel(tf.Maximum, runs.maximum),
  minimum: createBinaryKernel(tf.Minimum, runs.minimum),
  squaredDifference: createBinaryKernel(tf.SquaredDifference, runs.squaredDifference),
  greater: createBinaryKernel(tf.Greater, runs.greater, 'bool'),
  greaterEqual: createBinaryKernel(tf.GreaterEqual, runs.greaterEqual, 'bool'),
  less: createBinaryKernel(tf.Less, runs.less, 'bool'),
  lessEqual: createBinaryKernel(tf.LessEqual, runs.lessEqual, 'bool'),
  relu: createUnaryKernel(tf.Relu, loops.relu),
  relu6: createUnaryKernel(tf.Relu6, loops.relu6),
  step: createUnaryKernel(tf.Step, loops.step),
  square: createUnaryKernel(tf.Square, loops.square),
  sqrt: createUnaryKernel(tf.Sqrt, loops.sqrt),
  rsqrt: createUnaryKernel(tf.Rsqrt, loops.rsqrt),
  neg: createUnaryKernel(tf.Neg, loops.negate),
  exp: createUnaryKernel(tf.Exp, loops.exponential),
  log: createUnaryKernel(tf.Log, loops.logarithm),
  sigmoid: createUnaryKernel(tf.Sigmoid, loops.sigmoid),
  tanh: createUnaryKernel(tf.Tanh, loops.tanh),
};

/**
 * Creates a kernel of two broadcast operands. The result has the type of the first operand unless another is
 * given. Text and complex numbers are not handled.
 */
function createBinaryKernel(
  kernelName: string,
  run: Run,
  dtype?: tf.DataType,
): JsKernel<Record<'a' | 'b', tf.TensorInfo>, object> {
  return {
    kernelName,
    handles: ({ a, b }) => a.dtype === b.dtype && (a.dtype === 'float32' || a.dtype === 'int32'),
    compute({ a, b }, _, memory) {
      const out = memory.output(
        tf.broadcast_util.assertAndGetBroadcastShape(a.shape, b.shape),
        dtype ?? a.dtype,
      );
      broadcast(run, memory.values(a), a.shape, memory.values(b), b.shape, memory.writable(out));
      return out;
    },
  };
}

/** Creates a kernel of one float32 operand. */
function createUnaryKernel(
  kernelName: string,
  loop: Loop,
): JsKernel<Record<'x', tf.TensorInfo>, { alpha?: number }> {
  return {
    kernelName,
    handles: ({ x }) => x.dtype === 'float32',
    compute({ x }, { alpha = 0 }, memory) {
      const out = memory.output(x.shape, x.dtype);
      loop(memory.values(x), memory.writable(out), alpha);
      return out;
    },
  };
}
