import type * as tf from '@tensorflow/tfjs-core';

/** The means by which a group of conformance tests of an optimizer registers itself. */
export interface OptimizerKit {
  readonly createOptimizer: () => tf.Optimizer;
  /** The steps after which trainings crash, each less than `STEPS`. */
  readonly crashAfter: readonly number[];
  test(name: string, body: () => Promise<void>): void;
}

/** The steps of a small training. */
export const STEPS = 9;
