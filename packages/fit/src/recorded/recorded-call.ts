import type * as tf from '@tensorflow/tfjs-core';

/** A tensor as a kernel sees it. */
export type Info = tf.TensorInfo;

/** Why a step cannot be recorded. */
export class Refusal extends Error {}

/** One call of a kernel in a step. */
export interface Call {
  readonly kernel: string;
  readonly compute: tf.KernelFunc;
  readonly attrs: tf.NamedAttrMap | undefined;
  /** The inputs by their names; a name may have a list of them. */
  readonly inputs: readonly (readonly [name: string, info: Info | readonly Info[]])[];
  /** Whether the kernel was given a list of inputs in the place of a record. */
  readonly isList: boolean;
  readonly outputs: readonly Info[];
}

/** Values that a step wrote after it had drawn a random number. */
export interface Drawn {
  readonly info: Info;
  readonly values: ArrayLike<number>;
  /** The number that it drew. */
  readonly seed: number;
}

/** What a step did. */
export interface Notes {
  /** The backend that ran it. */
  readonly backend: tf.KernelBackend;
  readonly calls: readonly Call[];
  readonly drawn: readonly Drawn[];
  /** Variables that it read and that are no leaf, by their memory. */
  readonly variables: ReadonlyMap<object, tf.Variable>;
  /** Values that a call needs and that are no leaf, by the memory that the step had them in: copies of ours. */
  readonly constants: ReadonlyMap<object, Info>;
  /** What was made from the leaves or from drawn numbers. */
  readonly dynamic: ReadonlySet<object>;
}

/** The inputs of a call as one list. */
export function listInputs({ inputs }: Pick<Call, 'inputs'>): Info[] {
  return inputs.flatMap(([, value]) => value);
}
