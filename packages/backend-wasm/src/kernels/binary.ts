import { broadcast_util, type KernelConfig, type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { BinaryExport } from '../simd/simd-exports.js';
import { simdKernel, type SimdTools } from '../simd/simd-kernel.js';
import { findOtherKernel } from './other-kernel.js';

interface Operands {
  readonly a: TensorInfo;
  readonly b: TensorInfo;
}

/** Arithmetic of floats of one shape, or of which one is a number, or the last axes of the other. tfjs' own takes longer to be called than to compute. */
export function binary(tools: SimdTools): readonly KernelConfig[] {
  const { add, subtract, multiply, divide } = tools.simd;
  return [
    createKernel('Add', tools, add),
    createKernel('Sub', tools, subtract),
    createKernel('Multiply', tools, multiply),
    createKernel('RealDiv', tools, divide),
  ];
}

function createKernel(name: string, tools: SimdTools, run: BinaryExport): KernelConfig {
  const { heap, backend } = tools;
  const other = findOtherKernel(name);
  return simdKernel<Operands, object>(name, tools, ({ a, b }, attrs) => {
    const shape =
      a.dtype === 'float32' && b.dtype === 'float32' ? findRepeatedShape(a.shape, b.shape) : undefined;
    if (shape === undefined) return other({ inputs: { a, b }, attrs: attrs as never, backend });
    const y = heap.output(shape);
    run(
      heap.address(a),
      util.sizeFromShape(a.shape),
      heap.address(b),
      util.sizeFromShape(b.shape),
      heap.address(y),
      util.sizeFromShape(shape),
    );
    return y;
  });
}

/** The shape of the result where the elements of the smaller operand are repeated as a whole, in their order; else undefined. */
function findRepeatedShape(a: number[], b: number[]): number[] | undefined {
  if (util.arraysEqual(a, b)) return a;
  const [short, long] = util.sizeFromShape(a) <= util.sizeFromShape(b) ? [a, b] : [b, a];
  const begin = short.findIndex((length) => length !== 1);
  const own = begin === -1 ? [] : short.slice(begin);
  if (!own.every((length, index) => length === long[long.length - own.length + index])) return undefined;
  return broadcast_util.assertAndGetBroadcastShape(a, b);
}
