import * as tf from '@tensorflow/tfjs-core';
import type { BinaryExport } from '../simd/simd-exports.js';
import { createSimdKernel, type SimdTools } from '../simd/simd-kernel.js';
import { findOtherKernel } from './other-kernel.js';

interface Operands {
  readonly a: tf.TensorInfo;
  readonly b: tf.TensorInfo;
}

/**
 * Arithmetic of floats of one shape, or with one operand a number or the last axes of the other. Calling
 * tfjs' own takes longer than computing.
 */
export function binary(tools: SimdTools): readonly tf.KernelConfig[] {
  const { add, subtract, multiply, divide } = tools.simd;
  return [
    createKernel('Add', tools, add),
    createKernel('Sub', tools, subtract),
    createKernel('Multiply', tools, multiply),
    createKernel('RealDiv', tools, divide),
  ];
}

function createKernel(name: string, tools: SimdTools, run: BinaryExport): tf.KernelConfig {
  const { heap, backend } = tools;
  const other = findOtherKernel(name);
  return createSimdKernel<Operands, object>(name, tools, ({ a, b }, attrs) => {
    const shape =
      a.dtype === 'float32' && b.dtype === 'float32' ? findRepeatedShape(a.shape, b.shape) : undefined;
    if (shape === undefined) return other({ inputs: { a, b }, attrs: attrs as never, backend });
    const y = heap.output(shape);
    run(
      heap.address(a),
      tf.util.sizeFromShape(a.shape),
      heap.address(b),
      tf.util.sizeFromShape(b.shape),
      heap.address(y),
      tf.util.sizeFromShape(shape),
    );
    return y;
  });
}

/**
 * The shape of the result if the elements of the smaller operand repeat as a whole, in their order; else
 * undefined.
 */
function findRepeatedShape(a: number[], b: number[]): number[] | undefined {
  if (tf.util.arraysEqual(a, b)) return a;
  const [short, long] = tf.util.sizeFromShape(a) <= tf.util.sizeFromShape(b) ? [a, b] : [b, a];
  const begin = short.findIndex((length) => length !== 1);
  const own = begin === -1 ? [] : short.slice(begin);
  if (!own.every((length, index) => length === long[long.length - own.length + index])) return undefined;
  return tf.broadcast_util.assertAndGetBroadcastShape(a, b);
}
