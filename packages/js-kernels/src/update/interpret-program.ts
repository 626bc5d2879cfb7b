import type { Values } from '../memory.js';
import type { UpdateOp, UpdateProgram } from './program.js';

/** Elements that an operation computes before the next one starts. */
const BLOCK = 512;

/** What an operation reads or writes: a block of a tensor, or a number as a block that repeats it. */
interface Operand {
  readonly values: Values;
  /** Whether `values` are those of all blocks, and not of one. */
  readonly isWhole: boolean;
}

/** Runs an update in JavaScript. The program was checked. */
export function interpretProgram(
  program: UpdateProgram,
  tensors: readonly Values[],
  numbers: readonly number[],
  results: readonly Float32Array[],
): void {
  const length = results[0]?.length ?? 0;
  const operands: Operand[] = [
    ...tensors.map((values) => ({ values, isWhole: true })),
    ...numbers.map((number) => ({ values: new Float32Array(BLOCK).fill(number), isWhole: false })),
    ...program.instructions.map(() => ({ values: new Float32Array(BLOCK), isWhole: false })),
  ];
  const firstComputed = tensors.length + numbers.length;
  for (let begin = 0; begin < length; begin += BLOCK) {
    const end = Math.min(length, begin + BLOCK);
    const read = (index: number): Values => {
      const { values, isWhole } = operands[index] as Operand;
      return isWhole ? values.subarray(begin, end) : values.subarray(0, end - begin);
    };
    program.instructions.forEach(([op, a, b], index) =>
      COMPUTE[op](read(a), b < 0 ? read(a) : read(b), read(firstComputed + index)),
    );
    program.results.forEach((value, index) => results[index]?.set(read(value), begin));
  }
}

type Compute = (a: Values, b: Values, out: Values) => void;

/** One loop for each operation, because calling a function for each element costs several times the operation. */
const COMPUTE: Readonly<Record<UpdateOp, Compute>> = {
  add: (a, b, out) => {
    for (let i = 0; i < out.length; i++) out[i] = (a[i] as number) + (b[i] as number);
  },
  sub: (a, b, out) => {
    for (let i = 0; i < out.length; i++) out[i] = (a[i] as number) - (b[i] as number);
  },
  mul: (a, b, out) => {
    for (let i = 0; i < out.length; i++) out[i] = (a[i] as number) * (b[i] as number);
  },
  div: (a, b, out) => {
    for (let i = 0; i < out.length; i++) out[i] = (a[i] as number) / (b[i] as number);
  },
  max: (a, b, out) => {
    for (let i = 0; i < out.length; i++) out[i] = Math.max(a[i] as number, b[i] as number);
  },
  min: (a, b, out) => {
    for (let i = 0; i < out.length; i++) out[i] = Math.min(a[i] as number, b[i] as number);
  },
  sqrt: (a, _, out) => {
    for (let i = 0; i < out.length; i++) out[i] = Math.sqrt(a[i] as number);
  },
  abs: (a, _, out) => {
    for (let i = 0; i < out.length; i++) out[i] = Math.abs(a[i] as number);
  },
  sign: (a, _, out) => {
    // Adding 0 turns -0 into 0.
    for (let i = 0; i < out.length; i++) out[i] = Math.sign(a[i] as number) + 0;
  },
};
