import { KeepfitError } from '@keepfit/callbacks';
import { checkOptions, isBoolean, isPositiveInteger, type OptionRule } from '@keepfit/callbacks/internal';
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
   * counter.
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

const isFinite = (value: unknown): value is number => Number.isFinite(value);

export const FINITE: OptionRule = [isFinite, 'a finite number'];
export const FROM_0: OptionRule = [(value) => isFinite(value) && value >= 0, 'a finite number of at least 0'];
const UP_TO_0: OptionRule = [(value) => isFinite(value) && value <= 0, 'a finite number of at most 0'];
export const FRACTION: OptionRule = [
  (value) => isFinite(value) && value >= 0 && value <= 1,
  'a number from 0 to 1',
];
export const POSITIVE_FRACTION: OptionRule = [
  (value) => FRACTION[0](value) && value !== 0,
  'a number above 0, up to 1',
];
const FLAG: OptionRule = [isBoolean, 'true or false'];
export const PATTERNS: OptionRule = [
  (value) => Array.isArray(value) && value.every(isPattern),
  "an array of regular expressions as texts, such as ['bias']",
];

const RULES: Readonly<Record<keyof OptimizerOptions, OptionRule>> = {
  learningRate: [
    (value) => typeof value === 'function' || FROM_0[0](value),
    'a finite number of at least 0, or a function of the step',
  ],
  weightDecay: FROM_0,
  excludeFromWeightDecay: PATTERNS,
  clipnorm: FROM_0,
  clipvalue: FROM_0,
  globalClipnorm: FROM_0,
  useEma: FLAG,
  emaMomentum: FRACTION,
  emaOverwriteFrequency: [isPositiveInteger, 'a positive integer'],
  gradientAccumulationSteps: [(value) => isPositiveInteger(value) && value > 1, 'an integer of at least 2'],
};

/**
 * Checks options, and completes them with their defaults. A default that is a number or a flag is the rule for
 * its option, unless `rules` has another one.
 *
 * @throws KEEPFIT_INVALID_OPTION when an option is unknown or invalid.
 */
export function completeOptions<Settings extends object>(
  owner: string,
  options: object,
  defaults: Settings,
  rules: Readonly<Record<string, OptionRule>> = {},
): Settings {
  const ofDefaults = Object.entries(defaults).map(([name, value]) => [
    name,
    typeof value === 'boolean' ? FLAG : (value as number) < 0 ? UP_TO_0 : FROM_0,
  ]);
  checkOptions(owner, options, { ...Object.fromEntries(ofDefaults), ...RULES, ...rules });
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  const clips = ['clipnorm', 'clipvalue', 'globalClipnorm'].filter((name) => name in given);
  if (clips.length > 1)
    throw new KeepfitError('KEEPFIT_INVALID_OPTION', `${owner} takes only one of ${clips.join(' and ')}`);
  return { ...defaults, ...given };
}

function isPattern(value: unknown): boolean {
  try {
    return typeof value === 'string' && value !== '' && new RegExp(value) instanceof RegExp;
  } catch {
    return false;
  }
}
