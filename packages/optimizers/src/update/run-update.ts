import * as tf from '@tensorflow/tfjs-core';
import type { UpdateOp, UpdateProgram } from './program.js';
import { plainOps, type Operand, type UpdateOps } from './update-ops.js';

/** An elementwise formula, written once: it runs as plain ops, or is recorded for a backend's own kernel. */
export type Formula = <Value>(ops: UpdateOps<Value>, values: readonly Value[]) => readonly Value[];

const KERNEL = 'KeepfitUpdate';

/**
 * Computes a formula over float32 tensors of one shape, in one pass if the backend has the kernel for it. The
 * bits are the same. Call it in `tf.tidy`.
 */
export function runUpdate(tensors: readonly tf.Tensor[], formula: Formula): readonly tf.Tensor[] {
  const isFusible = tensors.every(({ dtype, size }) => dtype === 'float32' && size === tensors[0]?.size);
  if (!isFusible || tf.getKernel(KERNEL, tf.getBackend()) === undefined) return formula(plainOps, tensors);
  const attrs = record(tensors.length, formula) as unknown as tf.NamedAttrMap;
  const inputs = Object.fromEntries(tensors.map((tensor, index) => [`t${index}`, tensor]));
  return [tf.engine().runKernel(KERNEL, inputs, attrs)].flat();
}

/** A value while a formula is recorded: tensors count from 0, results after them, numbers down from -1. */
type Recorded = readonly [index: number];

function record(tensors: number, formula: Formula): { program: UpdateProgram; numbers: number[] } {
  const numbers: number[] = [];
  const recorded: (readonly [op: string, ...operands: number[]])[] = [];
  const toIndex = (operand: Operand<Recorded>): number => {
    if (Array.isArray(operand)) return operand[0] as number;
    // A kernel runs on the processor, where a scalar can be read at once.
    return -numbers.push(typeof operand === 'number' ? operand : ((operand as tf.Scalar).dataSync()[0] ?? 0));
  };
  const entries = Object.keys(plainOps).map((op) => [
    op,
    (...operands: Operand<Recorded>[]): Recorded => [
      tensors + recorded.push([op, ...operands.map(toIndex)]) - 1,
    ],
  ]);
  const values = formula(
    Object.fromEntries(entries) as UpdateOps<Recorded>,
    Array.from({ length: tensors }, (_, index): Recorded => [index]),
  );
  const place = (index: number): number =>
    index < 0 ? tensors - 1 - index : index < tensors ? index : index + numbers.length;
  const program: UpdateProgram = {
    tensors,
    numbers: numbers.length,
    instructions: recorded.map(([op, a, b]) => [
      op as UpdateOp,
      place(a as number),
      b === undefined ? -1 : place(b),
    ]),
    results: values.map(([index]) => place(index)),
  };
  return { program, numbers };
}
