import { ABOVE_0, FLAG, FROM_0 } from '@keepfit/callbacks/internal';
import type { NamedSchedule } from '../contract/schedule.js';
import { createSchedule } from './create-schedule.js';

export interface ExponentialDecayOptions {
  /** The rate of step 0. */
  readonly initialLearningRate: number;
  /** The length of the decay, in steps. */
  readonly decaySteps: number;
  /** The rate of the decay. */
  readonly decayRate: number;
  /**
   * Whether the rate changes only at multiples of `decaySteps`.
   *
   * @default false
   */
  readonly staircase?: boolean;
}

/**
 * Multiplies the rate by `decayRate` every `decaySteps` steps: `initialLearningRate · decayRate^(step / decaySteps)`.
 *
 * @throws KEEPFIT_INVALID_OPTION when an option is unknown, invalid, or missing.
 */
export function exponentialDecay(options: ExponentialDecayOptions): NamedSchedule {
  return createSchedule(
    'ExponentialDecay',
    options,
    { initialLearningRate: FROM_0, decaySteps: ABOVE_0, decayRate: FROM_0, staircase: FLAG },
    { staircase: false },
    (step, { initialLearningRate, decaySteps, decayRate, staircase }) => {
      const share = Math.fround(step / Math.fround(decaySteps));
      const power = Math.fround(Math.pow(Math.fround(decayRate), staircase ? Math.floor(share) : share));
      return Math.fround(Math.fround(initialLearningRate) * power);
    },
  );
}
