import type { OptionRule } from './check-options.js';

const isMode = (value: unknown) => value === 'auto' || value === 'min' || value === 'max';

/** The rules for the options that every monitoring callback has. */
export const monitorRules: {
  readonly monitor: OptionRule;
  readonly mode: OptionRule;
  readonly verbose: OptionRule;
} = {
  monitor: [(value) => typeof value === 'string' && value !== '', 'a key of the logs, such as "val_loss"'],
  mode: [isMode, '"auto", "min" or "max"'],
  verbose: [(value) => value === 0 || value === 1, '0 or 1'],
};

/** A finite number of at least 0. */
export const isAmount = (value: unknown): value is number =>
  typeof value === 'number' && value >= 0 && value < Infinity;
