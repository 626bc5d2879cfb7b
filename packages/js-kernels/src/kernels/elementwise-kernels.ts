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
  add: createBinaryKernel(Add, runs.add),
  sub: createBinaryKernel(Sub, runs.subtract),
  multiply: createBinaryKernel(Multiply, runs.multiply),
  realDiv: createBinaryKernel(RealDiv, runs.divide),
  maximum: createBinaryKernel(Maximum, runs.maximum),
  minimum: createBinaryKernel(Minimum, runs.minimum),
  squaredDifference: createBinaryKernel(SquaredDifference, runs.squaredDifference),
  greater: createBinaryKernel(Greater, runs.greater, 'bool'),
  greaterEqual: createBinaryKernel(GreaterEqual, runs.greaterEqual, 'bool'),
  less: createBinaryKernel(Less, runs.less, 'bool'),
  lessEqual: createBinaryKernel(LessEqual, runs.lessEqual, 'bool'),
  relu: createUnaryKernel(Relu, loops.relu),
  relu6: createUnaryKernel(Relu6, loops.relu6),
  step: createUnaryKernel(Step, loops.step),
  square: createUnaryKernel(Square, loops.square),
  sqrt: createUnaryKernel(Sqrt, loops.sqrt),
  rsqrt: createUnaryKernel(Rsqrt, loops.rsqrt),
  neg: createUnaryKernel(Neg, loops.negate),
  exp: createUnaryKernel(Exp, loops.exponential),
  log: createUnaryKernel(Log, loops.logarithm),
  sigmoid: createUnaryKernel(Sigmoid, loops.sigmoid),
  tanh: createUnaryKernel(Tanh, loops.tanh),
};

/**
 * A kernel of two broadcast operands. The result has the type of the first unless another is given. Text and complex numbers are not
 * handled.
 */
function createBinaryKernel(
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
      broadcast(run, memory.values(a), a.shape, memory.values(b), b.shape, memory.writable(out));
      return out;
    },
  };
}

/** A kernel of one float32 operand. */
function createUnaryKernel(
  kernelName: string,
  loop: Loop,
): JsKernel<Record<'x', TensorInfo>, { alpha?: number }> {
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
