import type * as tf from '@tensorflow/tfjs-core';
import type { OptimizerState } from './optimizer-state.js';
import type { Schedule } from './schedule.js';

/**
 * What a training loop sees of an optimizer beside `applyGradients`. Your own class, or a second copy of this
 * package, may have these members too: the class itself is not checked.
 */
export interface TrainedOptimizer extends OptimizerState {
  /**
   * The rate in force at the next step.
   *
   * @throws KEEPFIT_INVALID_OPTION when it is set although there is a schedule.
   */
  learningRate: number;
  /** Undefined for a rate that is a number. */
  readonly schedule?: Schedule | undefined;
  /** The options without the learning rate. Unlike `getConfig`, it never throws. */
  getSettings?(): Readonly<Record<string, unknown>>;
  /** Tells the stable names of the weights, such as `dense_1/kernel`, before the first step. */
  nameWeights?(names: ReadonlyMap<tf.Variable, string>): void;
  /**
   * Gives weights their final values at the end of a training, such as their moving averages. The state stays
   * as it is.
   */
  finalizeWeights?(weights: readonly tf.Variable[]): void;
}
