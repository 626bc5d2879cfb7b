import {
  Add,
  broadcast_util,
  type DataType,
  Exp,
  Greater,
  GreaterEqual,
  Less,
  LessEqual,
  Log,
  Maximum,
  Minimum,
  Multiply,
  Neg,
  RealDiv,
  Relu,
  Relu6,
  Rsqrt,
  Sigmoid,
  Sqrt,
  Square,
  SquaredDifference,
  Step,
  Sub,
  Tanh,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { broadcast, type Run } from '../elementwise/broadcast.js';
import { type Loop, loops } from '../elementwise/loops.js';
import { runs } from '../elementwise/runs.js';
import type { JsKernel } from '../js-kernel.js';

/** The operations element by element that a training step is full of. */
export const elementwiseKernels = {
  add: binary(Add, runs.add),
  sub: binary(Sub, runs.subtract),
  multiply: binary(Multiply, runs.multiply),
  realDiv: binary(RealDiv, runs.divide),
  maximum: binary(Maximum, runs.maximum),
  minimum: binary(Minimum, runs.minimum),
  squaredDifference: binary(SquaredDifference, runs.squaredDifference),
  greater: binary(Greater, runs.greater, 'bool'),
  greaterEqual: binary(GreaterEqual, runs.greaterEqual, 'bool'),
  less: binary(Less, runs.less, 'bool'),
  lessEqual: binary(LessEqual, runs.lessEqual, 'bool'),
  relu: unary(Relu, loops.relu),
  relu6: unary(Relu6, loops.relu6),
  step: unary(Step, loops.step),
  square: unary(Square, loops.square),
  sqrt: unary(Sqrt, loops.sqrt),
  rsqrt: unary(Rsqrt, loops.rsqrt),
  neg: unary(Neg, loops.negate),
  exp: unary(Exp, loops.exponential),
  log: unary(Log, loops.logarithm),
  sigmoid: unary(Sigmoid, loops.sigmoid),
  tanh: unary(Tanh, loops.tanh),
};

/**
 * A kernel of two broadcast operands. The result has the type of the first unless another is given. Text and complex numbers are not
 * handled.
 */
function binary(
  kernelName: string,
  run: Run,
  dtype?: DataType,
): JsKernel<Record<'a' | 'b', TensorInfo>, object> {
  return {
    kernelName,
    handles: ({ a, b }) => a.dtype === b.dtype && (a.dtype === 'float32' || a.dtype === 'int32'),
    compute({ a, b }, _, memory) {
      const out = memory.output(
        broadcast_util.assertAndGetBroadcastShape(a.shape, b.shape),
        dtype ?? a.dtype,
      );
      broadcast(run, memory.values(a), a.shape, memory.values(b), b.shape, memory.written(out));
      return out;
    },
  };
}

/** A kernel of one float32 operand. */
function unary(kernelName: string, loop: Loop): JsKernel<Record<'x', TensorInfo>, { alpha?: number }> {
  return {
    kernelName,
    handles: ({ x }) => x.dtype === 'float32',
    compute({ x }, { alpha = 0 }, memory) {
      const out = memory.output(x.shape, x.dtype);
      loop(memory.values(x), memory.written(out), alpha);
      return out;
    },
  };
}
