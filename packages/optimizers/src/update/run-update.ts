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
  const attrs = record(tensors.length, formula);
  const inputs = Object.fromEntries(tensors.map((tensor, index) => [`t${index}`, tensor]));
  const outputs = tf.engine().runKernel(KERNEL, inputs, attrs as unknown as tf.NamedAttrMap);
  return (Array.isArray(outputs) ? outputs : [outputs]) as tf.Tensor[];
}

/** The place of a value while a formula is recorded: tensors, numbers and results count from 0 each. */
type Recorded = readonly [kind: 'tensor' | 'number' | 'result', index: number];

function record(tensors: number, formula: Formula): { program: UpdateProgram; numbers: number[] } {
  const numbers: number[] = [];
  const recorded: (readonly [op: UpdateOp, a: Recorded, b: Recorded | undefined])[] = [];
  const toRecorded = (operand: Operand<Recorded>): Recorded => {
    if (Array.isArray(operand)) return operand as Recorded;
    // A kernel runs on the processor, where a scalar can be read at once.
    const number = typeof operand === 'number' ? operand : (operand as tf.Scalar).dataSync()[0];
    return ['number', numbers.push(number ?? 0) - 1];
  };
  const ops = Object.fromEntries(
    Object.keys(plainOps).map((op) => [
      op,
      (a: Operand<Recorded>, b?: Operand<Recorded>): Recorded => [
        'result',
        recorded.push([op as UpdateOp, toRecorded(a), b === undefined ? b : toRecorded(b)]) - 1,
      ],
    ]),
  ) as unknown as UpdateOps<Recorded>;
  const values = formula(
    ops,
    Array.from({ length: tensors }, (_, index): Recorded => ['tensor', index]),
  );
  const toIndex = ([kind, index]: Recorded): number =>
    index + (kind === 'tensor' ? 0 : tensors) + (kind === 'result' ? numbers.length : 0);
  const program: UpdateProgram = {
    tensors,
    numbers: numbers.length,
    instructions: recorded.map(([op, a, b]) => [op, toIndex(a), b === undefined ? -1 : toIndex(b)]),
    results: values.map(toIndex),
  };
  return { program, numbers };
}
