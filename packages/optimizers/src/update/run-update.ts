import * as tf from '@tensorflow/tfjs-core';
import type { UpdateOp, UpdateProgram } from './program.js';
import { plainOps, type Operand, type UpdateOps } from './update-ops.js';

/** An elementwise formula, written once: it runs as plain ops, or is recorded for a backend's own kernel. */
export type Formula = <Value>(ops: UpdateOps<Value>, values: readonly Value[]) => readonly Value[];

const KERNEL = 'KeepfitUpdate';

/**
 * Computes a formula over float32 tensors of one shape, in one pass if the backend has the kernel for it. The
 * bits are the same. A formula that uses more than the ops that it is given runs as plain ops. Call it in `tf.tidy`.
 */
export function runUpdate(tensors: readonly tf.Tensor[], formula: Formula): readonly tf.Tensor[] {
  const isFusible = tensors.every(({ dtype, size }) => dtype === 'float32' && size === tensors[0]?.size);
  const attrs =
    isFusible && tf.getKernel(KERNEL, tf.getBackend()) !== undefined
      ? tryToRecord(tensors.length, formula)
      : undefined;
  if (attrs === undefined) return formula(plainOps, tensors);
  const inputs = Object.fromEntries(tensors.map((tensor, index) => [`t${index}`, tensor]));
  return [tf.engine().runKernel(KERNEL, inputs, attrs)].flat();
}

/** Undefined if the formula needs the values themselves. A formula that is wrong throws again as plain ops. */
function tryToRecord(tensors: number, formula: Formula): tf.NamedAttrMap | undefined {
  try {
    return record(tensors, formula) as unknown as tf.NamedAttrMap;
  } catch {
    return undefined;
  }
}

/** The values while a formula is recorded. Whoever looks into one, as the ops of tfjs do, ends the recording. */
const OPAQUE: ProxyHandler<object> = {
  get() {
    throw new TypeError('recorded');
  },
};

function record(tensors: number, formula: Formula): { program: UpdateProgram; numbers: number[] } {
  const numbers: number[] = [];
  // By value: tensors count from 0, results after them. Numbers count down from -1.
  const indices = new Map<unknown, number>();
  const recorded: (readonly [op: string, ...operands: number[]])[] = [];
  const createValue = (index: number): object => {
    const value = new Proxy({}, OPAQUE);
    indices.set(value, index);
    return value;
  };
  const toIndex = (operand: Operand<object>): number =>
    indices.get(operand) ?? -numbers.push(toNumber(operand as number | tf.Scalar));
  const entries = Object.keys(plainOps).map((op) => [
    op,
    (...operands: Operand<object>[]): object =>
      createValue(tensors + recorded.push([op, ...operands.map(toIndex)]) - 1),
  ]);
  const values = formula(
    Object.fromEntries(entries) as UpdateOps<object>,
    Array.from({ length: tensors }, (_, index) => createValue(index)),
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
    results: values.map((value) => place(indices.get(value) as number)),
  };
  return { program, numbers };
}

/** Reads a scalar at once: the kernel runs on the processor. */
function toNumber(operand: number | tf.Scalar): number {
  if (typeof operand === 'number') return operand;
  if (operand.size !== 1) throw new TypeError('several');
  return operand.dataSync()[0] as number;
}
