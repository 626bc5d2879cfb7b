import { isCount, isPositiveInteger, type OptionRule } from '@keepfit/callbacks/internal';
import type { Metric } from '../contract/metric.js';
import { optionRules } from '../losses/option-rules.js';

/** The options that every metric has. */
export interface MetricOptions {
  /** The metric's key in the logs. @default Keras' name for it, such as 'auc' */
  readonly name?: string;
}

/** Returns a metric with what checkpoints keep of it. `options` are all that it has, with their defaults. */
export function withOptions<Options extends MetricOptions, Made extends Metric>(
  className: string,
  { name: _, ...config }: Options,
  metric: Made,
): Made {
  return { ...metric, className, config };
}

export interface ThresholdOptions extends MetricOptions {
  /**
   * A prediction above it is positive. With a list, the result has one value per threshold, which
   * logs hold as `<name>_0`, `<name>_1` and so on. @default 0.5
   */
  readonly thresholds?: number | readonly number[];
}

export interface ClassThresholdOptions extends ThresholdOptions {
  /**
   * Only the k largest predictions of a sample count as positive, without a threshold unless you give one.
   * @default all may
   */
  readonly topK?: number;
  /** Only the predictions of this class, counted from 0, count. @default all classes */
  readonly classId?: number;
}

const areAllFractions = (value: unknown): boolean =>
  [value].flat().length > 0 && [value].flat().every((each) => optionRules.fraction[0](each));

/** The `checkOptions` rules that metrics over thresholds share. */
export const thresholdRules = {
  thresholds: [areAllFractions, 'a number from 0 to 1 or a list of these'],
  topK: [isPositiveInteger, 'a positive integer'],
  classId: [isCount, 'the number of a class'],
  numThresholds: [(value) => isPositiveInteger(value) && value > 1, 'an integer above 1'],
} as const satisfies Record<string, OptionRule>;
