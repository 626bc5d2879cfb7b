import type { NamedSchedule } from '../contract/schedule.js';
import { createSchedule, FLAG, NUMBER, RATE, STEPS } from './create-schedule.js';

const { fround } = Math;

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
  const { initialLearningRate, decaySteps, endLearningRate = 0.0001, power = 1, cycle = false } = options;
  return createSchedule(
    'PolynomialDecay',
    options,
    { initialLearningRate: RATE, decaySteps: STEPS, endLearningRate: RATE, power: NUMBER, cycle: FLAG },
    ['initialLearningRate', 'decaySteps'],
    (step) => {
      const steps = fround(decaySteps);
      const cycles = step === 0 ? 1 : Math.ceil(fround(step / steps));
      const share = cycle ? step / fround(steps * cycles) : Math.min(step, steps) / steps;
      const curve = fround(Math.pow(fround(1 - fround(share)), fround(power)));
      const end = fround(endLearningRate);
      return fround(fround(fround(fround(initialLearningRate) - end) * curve) + end);
    },
  );
}
