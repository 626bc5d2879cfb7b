import type * as tf from '@tensorflow/tfjs-core';
import type { NamedWeight } from '../contract/model.js';
import type { Batch } from '../data/batch-source.js';
import type { RandomStream } from '../random/random-stream.js';

/** The tensors that a computation gives, in lists. One that there is not is undefined. */
export type TensorLists = Readonly<Record<string, readonly (tf.Tensor | undefined)[]>>;

/** A part of a step that depends on nothing but weights, states, the batch and random numbers. */
export interface Computation {
  /** What is computed, of which a recording holds one. */
  readonly kind: 'train' | 'test' | 'predict';
  readonly batch: Batch;
  /** Numbers that the computation is given beside the batch, and that may change from step to step. */
  readonly numbers?: readonly (tf.Scalar | undefined)[];
  /**
   * Keeps the tensors of the batch and the numbers until the function is called that it returns.
   *
   * @default there are no numbers, and the batch is kept
   */
  readonly retain?: () => () => void;
  /** The weights of the model as the step has them. */
  readonly weights: readonly NamedWeight[];
}

/**
 * Runs a computation, or what gives the same bits. It changes the model as the computation does: the statistics of
 * batch normalization, states.
 */
export type Compute = <Tensors extends TensorLists>(what: Computation, run: () => Tensors) => Tensors;

/** Runs the computation itself. */
export const computeNormally: Compute = (_, run) => run();

/** What a step computes with, beside the batch. */
export interface StepTools {
  /** The random numbers of the batch. `Math.random` draws from them too. */
  readonly random: RandomStream;
  /** Computes what depends on the batch, weights and random numbers only. */
  readonly compute: Compute;
}
