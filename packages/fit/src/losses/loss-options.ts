import { checkOptions, type OptionRule, type OptionRules } from '@keepfit/callbacks/internal';
import type { LossFunction, Reduction } from '../contract/loss.js';
import { isMean } from './weighted-mean.js';

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
 * Returns a new loss with Keras' name, with the reduction of its options, and with what checkpoints keep of it.
 * `options` are all that it has, with their defaults. The name is its key in the logs as a metric: that of a
 * variable here would change with a minifier.
 */
export function withOptions<Options extends LossOptions>(
  className: string,
  { reduction, ...options }: Options,
  loss: LossFunction,
): LossFunction {
  const name = className.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  Object.defineProperty(loss, 'name', { value: name, configurable: true });
  const config = isMean(reduction) ? options : { ...options, reduction: reduction ?? 'none' };
  return Object.assign(
    loss,
    { className, config, isRecordable: true },
    reduction !== undefined && { reduction },
  );
}
