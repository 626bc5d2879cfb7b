import { FRACTION, FROM_0, PATTERNS, POSITIVE_INTEGER, type OptionRule } from '@keepfit/callbacks/internal';
import type { Schedule } from '../contract/schedule.js';

/** The options that every optimizer takes, with Keras' names and meanings. */
export interface OptimizerOptions {
  /**
   * The learning rate, or a schedule: a function of the step such as `cosineDecay(…)`.
   *
   * @default the optimizer's own, mostly 0.001
   */
  readonly learningRate?: number | Schedule;
  /**
   * Before each update, a weight loses this share of itself times the learning rate.
   *
   * @default none; 0.004 for `adamW` and `muon`
   */
  readonly weightDecay?: number;
  /**
   * Regular expressions. A weight whose name contains a match has no weight decay: `['bias', 'norm']`. The
   * name is the stable one, such as `dense_1/kernel`; in a loop of your own it is tfjs' name without its
   * counter. Keras looks in the last part of the name only.
   *
   * @default none
   */
  readonly excludeFromWeightDecay?: readonly string[];
  /**
   * The largest norm of the gradient of one weight. Only one of the three options that clip can be given.
   *
   * @default none
   */
  readonly clipnorm?: number;
  /**
   * The largest absolute value in a gradient.
   *
   * @default none
   */
  readonly clipvalue?: number;
  /**
   * The largest norm of all gradients together.
   *
   * @default none
   */
  readonly globalClipnorm?: number;
  /**
   * Whether to keep an exponential moving average of each weight. The weights take its values when training
   * ends.
   *
   * @default false
   */
  readonly useEma?: boolean;
  /**
   * The share of the old average in a new one.
   *
   * @default 0.99
   */
  readonly emaMomentum?: number;
  /**
   * After how many iterations the weights take the values of their averages, again and again.
   *
   * @default only at the end
   */
  readonly emaOverwriteFrequency?: number;
  /**
   * How many steps make one update, from the mean of their gradients. At least 2. A schedule counts steps.
   *
   * @default every step updates
   */
  readonly gradientAccumulationSteps?: number;
}

/** The rules of the options above that have no default from which `completeOptions` takes one. */
export const RULES: Readonly<Record<string, OptionRule>> = {
  learningRate: [
    (value) => typeof value === 'function' || FROM_0[0](value),
    'a finite number of at least 0, or a function of the step',
  ],
  weightDecay: FROM_0,
  excludeFromWeightDecay: PATTERNS,
  clipnorm: FROM_0,
  clipvalue: FROM_0,
  globalClipnorm: FROM_0,
  emaMomentum: FRACTION,
  emaOverwriteFrequency: POSITIVE_INTEGER,
  gradientAccumulationSteps: [
    (value) => POSITIVE_INTEGER[0](value) && value !== 1,
    'an integer of at least 2',
  ],
};
