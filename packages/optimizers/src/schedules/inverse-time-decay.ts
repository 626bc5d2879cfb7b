import { ABOVE_0, FLAG, FROM_0 } from '@keepfit/callbacks/internal';
import type { NamedSchedule } from '../contract/schedule.js';
import { createSchedule } from './create-schedule.js';

export interface InverseTimeDecayOptions {
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
 * Divides the rate by a number that grows with the steps:
 * `initialLearningRate / (1 + decayRate · step / decaySteps)`.
 *
 * @throws KEEPFIT_INVALID_OPTION when an option is unknown, invalid, or missing.
 */
export function inverseTimeDecay(options: InverseTimeDecayOptions): NamedSchedule {
  return createSchedule(
    'InverseTimeDecay',
    options,
    { initialLearningRate: FROM_0, decaySteps: ABOVE_0, decayRate: FROM_0, staircase: FLAG },
    { staircase: false },
    (step, { initialLearningRate, decaySteps, decayRate, staircase }) => {
      const share = Math.fround(step / Math.fround(decaySteps));
      const product = Math.fround(Math.fround(decayRate) * (staircase ? Math.floor(share) : share));
      return Math.fround(Math.fround(initialLearningRate) / Math.fround(1 + product));
    },
  );
}
