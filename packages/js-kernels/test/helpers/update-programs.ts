import * as tf from '@tensorflow/tfjs-core';
import type { UpdateOp, UpdateProgram } from '../../src/index.js';

const OPS: readonly UpdateOp[] = ['add', 'sub', 'mul', 'div', 'max', 'min', 'sqrt', 'abs', 'sign'];
const UNARY: readonly UpdateOp[] = ['sqrt', 'abs', 'sign'];

/** Numbers at which roundings and comparisons differ if an operation is not exactly that of single precision. */
const SPECIAL = [
  ...[0, -0, 1, -1, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  ...[1e-45, -1e-45, 1.1e-38, -3e-39, 3.4e38, -3.4e38, 1 + 2 ** -23, 0.1, 1e-7],
];

/** A generator of numbers from 0 to 1 that repeats itself. */
export function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

export function createProgram(random: () => number): UpdateProgram {
  const below = (count: number) => Math.floor(random() * count);
  const tensors = 1 + below(4);
  const numbers = below(4);
  const instructions = Array.from({ length: below(12) }, (_, index) => {
    const op = OPS[below(OPS.length)] ?? 'add';
    const operand = () => below(tensors + numbers + index);
    return [op, operand(), UNARY.includes(op) ? -1 : operand()] as const;
  });
  const results = Array.from({ length: 1 + below(4) }, () => below(tensors + numbers + instructions.length));
  return { tensors, numbers, instructions, results };
}

export function createValue(random: () => number): number {
  const special = SPECIAL[Math.floor(random() * SPECIAL.length * 2)];
  return Math.fround(special ?? (random() - 0.5) * 10 ** (8 * random() - 5));
}

/** Runs a program by the ops of tfjs; the results are the caller's. */
export function runPlainly(
  program: UpdateProgram,
  tensors: readonly tf.Tensor[],
  numbers: readonly number[],
): tf.Tensor[] {
  const { shape } = tensors[0] as tf.Tensor;
  return tf.tidy(() => {
    const values: tf.Tensor[] = [...tensors, ...numbers.map((number) => tf.scalar(number))];
    for (const [op, a, b] of program.instructions)
      values.push(PLAIN[op](values[a] as tf.Tensor, values[b] ?? (values[a] as tf.Tensor)));
    return program.results.map((index) => tf.mul(tf.ones(shape), values[index] as tf.Tensor));
  });
}

const PLAIN: Readonly<Record<UpdateOp, (a: tf.Tensor, b: tf.Tensor) => tf.Tensor>> = {
  add: tf.add,
  sub: tf.sub,
  mul: tf.mul,
  div: tf.div,
  max: tf.maximum,
  min: tf.minimum,
  sqrt: tf.sqrt,
  abs: tf.abs,
  // tfjs' sign of NaN is 0, and on WASM that of small numbers too.
  sign: (a) => tf.sub(tf.step(a), tf.step(tf.neg(a))),
};

export function runFused(
  program: UpdateProgram,
  tensors: readonly tf.Tensor[],
  numbers: readonly number[],
): tf.Tensor[] {
  const inputs = Object.fromEntries(tensors.map((tensor, index) => [`t${index}`, tensor]));
  return tf.engine().runKernel('KeepfitUpdate', inputs, { program, numbers } as never) as never;
}
