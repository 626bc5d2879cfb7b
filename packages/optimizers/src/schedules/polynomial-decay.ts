import { ABOVE_0, FINITE, FLAG, FROM_0 } from '@keepfit/callbacks/internal';
import type { NamedSchedule } from '../contract/schedule.js';
import { createSchedule } from './create-schedule.js';

export interface PolynomialDecayOptions {
  /** The rate of step 0. */
  readonly initialLearningRate: number;
  /** The length of the decay, in steps. */
  readonly decaySteps: number;
  /**
   * The rate at the end.
   *
   * @default 0.0001
   */
  readonly endLearningRate?: number;
  /**
   * The power of the polynomial. 1 is a line.
   *
   * @default 1
   */
  readonly power?: number;
  /**
   * Whether to begin again after the end, with a decay up to the next multiple of `decaySteps`.
   *
   * @default false
   */
  readonly cycle?: boolean;
}

/**
 * Goes from one rate to another along a polynomial, within `decaySteps` steps. Afterwards the rate stays, or begins a
 * longer decay if `cycle` is true.
 *
 * @throws KEEPFIT_INVALID_OPTION when an option is unknown, invalid, or missing.
 */
export function polynomialDecay(options: PolynomialDecayOptions): NamedSchedule {
  return createSchedule(
    'PolynomialDecay',
    options,
    { initialLearningRate: FROM_0, decaySteps: ABOVE_0, endLearningRate: FROM_0, power: FINITE, cycle: FLAG },
    { endLearningRate: 0.0001, power: 1, cycle: false },
    (step, { initialLearningRate, decaySteps, endLearningRate, power, cycle }) => {
      const steps = Math.fround(decaySteps);
      const cycles = step === 0 ? 1 : Math.ceil(Math.fround(step / steps));
      const share = cycle ? step / Math.fround(steps * cycles) : Math.min(step, steps) / steps;
      const curve = Math.fround(Math.pow(Math.fround(1 - Math.fround(share)), Math.fround(power)));
      const end = Math.fround(endLearningRate);
      return Math.fround(Math.fround(Math.fround(Math.fround(initialLearningRate) - end) * curve) + end);
    },
  );
}
