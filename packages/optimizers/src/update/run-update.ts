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
  const outputs = tf.engine().runKernel(KERNEL, inputs, attrs as unknown as tf.NamedAttrMap);
  return (Array.isArray(outputs) ? outputs : [outputs]) as tf.Tensor[];
}

interface Recording {
  readonly program: UpdateProgram;
  readonly numbers: readonly number[];
}

/** Undefined if the formula needs the values themselves. A formula that is wrong throws again as plain ops. */
function tryToRecord(tensors: number, formula: Formula): Recording | undefined {
  try {
    return record(tensors, formula);
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

/** The place of a value: tensors, numbers and results count from 0 each. */
type Place = readonly [kind: 'tensor' | 'number' | 'result', index: number];

function record(tensors: number, formula: Formula): Recording {
  const numbers: number[] = [];
  const recorded: (readonly [op: UpdateOp, a: Place, b: Place | undefined])[] = [];
  const places = new Map<unknown, Place>();
  const createValue = (...place: Place): object => {
    const value = new Proxy({}, OPAQUE);
    places.set(value, place);
    return value;
  };
  const toPlace = (operand: Operand<object>): Place =>
    places.get(operand) ?? ['number', numbers.push(toNumber(operand as number | tf.Scalar)) - 1];
  const ops = Object.fromEntries(
    Object.keys(plainOps).map((op) => [
      op,
      (a: Operand<object>, b?: Operand<object>): object =>
        createValue(
          'result',
          recorded.push([op as UpdateOp, toPlace(a), b === undefined ? b : toPlace(b)]) - 1,
        ),
    ]),
  ) as unknown as UpdateOps<object>;
  const inputs = Array.from({ length: tensors }, (_, index) => createValue('tensor', index));
  const results = formula(ops, inputs).map((value) => places.get(value) as Place);
  const toIndex = ([kind, index]: Place): number =>
    index + (kind === 'tensor' ? 0 : tensors) + (kind === 'result' ? numbers.length : 0);
  const program: UpdateProgram = {
    tensors,
    numbers: numbers.length,
    instructions: recorded.map(([op, a, b]) => [op, toIndex(a), b === undefined ? -1 : toIndex(b)]),
    results: results.map(toIndex),
  };
  return { program, numbers };
}

/** A kernel runs on the processor, where a scalar can be read at once. */
function toNumber(operand: number | tf.Scalar): number {
  if (typeof operand === 'number') return operand;
  if (operand.size !== 1) throw new TypeError('several');
  return operand.dataSync()[0] as number;
}
