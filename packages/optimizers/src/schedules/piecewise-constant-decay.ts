import { KeepfitError } from '@keepfit/callbacks';
import { FROM_0, type OptionRule } from '@keepfit/callbacks/internal';
import type { NamedSchedule } from '../contract/schedule.js';
import { createSchedule } from './create-schedule.js';

const ASCENDING: OptionRule = [
  (value) =>
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((item, index) => Number.isInteger(item) && (index === 0 || item > value[index - 1])),
  'an array of ascending integers',
];
const RATES: OptionRule = [
  (value) => Array.isArray(value) && value.every((item) => FROM_0[0](item)),
  'an array of finite numbers of at least 0',
];

export interface PiecewiseConstantDecayOptions {
  /** The last step of each value but the last one, ascending. */
  readonly boundaries: readonly number[];
  /** The rates: one more than there are boundaries. */
  readonly values: readonly number[];
}

/**
 * Uses the first of `values` up to the first of `boundaries`, that step included, then the second, and so on.
 *
 * @throws KEEPFIT_INVALID_OPTION when an option is unknown, invalid, or missing.
 */
export function piecewiseConstantDecay(options: PiecewiseConstantDecayOptions): NamedSchedule {
  const schedule = createSchedule(
    'PiecewiseConstantDecay',
    options,
    { boundaries: ASCENDING, values: RATES },
    {},
    (step, { boundaries, values }) => {
      const index = boundaries.findIndex((boundary) => step <= boundary);
      return Math.fround(values[index < 0 ? values.length - 1 : index] ?? NaN);
    },
  );
  const { boundaries, values } = options;
  if (values.length === boundaries.length + 1) return schedule;
  throw new KeepfitError(
    'KEEPFIT_INVALID_OPTION',
    `PiecewiseConstantDecay needs one value more than boundaries, not ${values.length} and ${boundaries.length}`,
  );
}
