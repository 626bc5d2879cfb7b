import { isBoolean, type OptionRule } from '@keepfit/callbacks/internal';

const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);

/** The `checkOptions` rules that losses and metrics share. */
export const optionRules = {
  flag: [isBoolean, 'true or false'],
  axis: [Number.isSafeInteger, 'an integer'],
  axes: [(value) => [value].flat().every(Number.isSafeInteger), 'an integer or a list of integers'],
  fraction: [(value) => isNumber(value) && value >= 0 && value <= 1, 'a number from 0 to 1'],
  positive: [(value) => isNumber(value) && value > 0, 'a positive number'],
  notNegative: [(value) => isNumber(value) && value >= 0, 'a number that is not negative'],
  finite: [isNumber, 'a finite number'],
  integer: [Number.isSafeInteger, 'an integer'],
  text: [(value) => typeof value === 'string' && value !== '', 'a name'],
} as const satisfies Record<string, OptionRule>;
