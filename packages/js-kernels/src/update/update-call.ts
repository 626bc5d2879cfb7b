import * as tf from '@tensorflow/tfjs-core';
import { checkProgram, type UpdateProgram } from './program.js';

/** The inputs of the kernel KeepfitUpdate: `t0`, `t1`, and so on. */
export type UpdateInputs = Readonly<Record<string, tf.TensorInfo>>;

/** The attributes of the kernel KeepfitUpdate. */
export interface UpdateAttrs {
  readonly program: UpdateProgram;
  readonly numbers: readonly number[];
}

export interface UpdateCall {
  /** The same object for all equal programs. */
  readonly program: UpdateProgram;
  /** In the order of the program. */
  readonly tensors: readonly [tf.TensorInfo, ...tf.TensorInfo[]];
}

/**
 * Checks a call.
 *
 * @throws Error when the program is bad, or tensors or numbers do not fit it.
 */
export function checkUpdateCall(inputs: UpdateInputs, attrs: UpdateAttrs): UpdateCall {
  const program = checkProgram(attrs.program);
  const tensors: (tf.TensorInfo | undefined)[] = [];
  for (let index = 0; index < program.tensors; index++) tensors.push(inputs[`t${index}`]);
  const fault = findFault(tensors, Object.keys(inputs).length, program, attrs.numbers);
  if (fault !== undefined) throw new Error(`KeepfitUpdate cannot run its program: ${fault}`);
  return { program, tensors: tensors as [tf.TensorInfo, ...tf.TensorInfo[]] };
}

function findFault(
  tensors: readonly (tf.TensorInfo | undefined)[],
  given: number,
  program: UpdateProgram,
  numbers: readonly number[],
): string | undefined {
  const [first] = tensors;
  if (first === undefined || given !== program.tensors || tensors.includes(undefined))
    return `it takes the tensors t0 to t${program.tensors - 1}, and ${given} were given`;
  if (numbers.length !== program.numbers)
    return `it takes ${program.numbers} numbers, and ${numbers.length} were given`;
  const fits = (tensor: tf.TensorInfo | undefined): boolean =>
    tensor?.dtype === 'float32' && tf.util.arraysEqual(tensor.shape, first.shape);
  const other = tensors.findIndex((tensor) => !fits(tensor));
  if (other < 0) return undefined;
  const { dtype, shape } = tensors[other] ?? first;
  return `tensor ${other} must be float32 [${first.shape.join()}], and is ${dtype} [${shape.join()}]`;
}
