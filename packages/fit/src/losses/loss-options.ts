import { checkOptions, type OptionRule, type OptionRules } from '@keepfit/callbacks/internal';
import type { LossFunction, Reduction } from '../contract/loss.js';

/** The options that every loss has. */
export interface LossOptions {
  /** How the values of a batch become one number. @default 'sum_over_batch_size' */
  readonly reduction?: Reduction;
}

const REDUCTIONS: readonly Reduction[] = [
  'sum_over_batch_size',
  'sum',
  'mean',
  'mean_with_sample_weight',
  'none',
  null,
];

/** The rule of the option that every loss has. */
const reductionRule: OptionRule = [
  (value) => REDUCTIONS.some((reduction) => reduction === value),
  `one of ${REDUCTIONS.map((reduction) => JSON.stringify(reduction)).join(', ')}`,
];

/**
 * Checks the options of a loss: its own by `rules`, and those that every loss has.
 *
 * @throws KEEPFIT_INVALID_OPTION when an option is unknown or invalid.
 */
export function checkLossOptions<Options extends LossOptions>(
  owner: string,
  options: Options,
  rules: Omit<OptionRules<Options>, keyof LossOptions>,
): void {
  checkOptions<LossOptions>(owner, options, { ...rules, reduction: reductionRule });
}

/**
 * Gives a new loss Keras' name, and the reduction of its options. The name is its key in the logs as a metric, and
 * its description in a checkpoint: that of a variable here would change with a minifier.
 */
export function withReduction(owner: string, { reduction }: LossOptions, loss: LossFunction): LossFunction {
  const value = owner.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  Object.defineProperty(loss, 'name', { value, configurable: true });
  return reduction === undefined ? loss : Object.assign(loss, { reduction });
}

/** Whether the values are averaged without the sum of the weights, so that their scale can leave some out. */
export function isMean(reduction: Reduction | undefined): boolean {
  return reduction === undefined || reduction === 'sum_over_batch_size' || reduction === 'mean';
}
