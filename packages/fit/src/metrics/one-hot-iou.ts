import { checkOptions } from '@keepfit/callbacks/internal';
import type { StatefulMetric } from '../contract/metric.js';
import { optionRules } from '../losses/option-rules.js';
import {
  type ClassIntersectionOptions,
  classRules,
  createIntersection,
  type SparsityOptions,
  targetRule,
} from './intersection.js';

export interface OneHotIoUOptions extends ClassIntersectionOptions {
  /** The classes whose mean is the result. Required. */
  readonly targetClassIds: readonly number[];
  /** Whether the predictions are class numbers. If false, the class with the largest value counts. @default false */
  readonly sparseYPred?: SparsityOptions['sparseYPred'];
}

/**
 * Keras' OneHotIoU: `iou` for one-hot targets and predictions of one value per class, both [batch, …, classes].
 *
 * @throws KEEPFIT_INVALID_OPTION when `numClasses` or `targetClassIds` is missing, or when an option is unknown
 * or invalid.
 * @throws KEEPFIT_INVALID_DATA when the metric is called with shapes that do not match.
 */
export function oneHotIoU(options: OneHotIoUOptions): StatefulMetric {
  const rules = { ...classRules, targetClassIds: targetRule, sparseYPred: optionRules.flag };
  checkOptions('oneHotIoU', options, rules);
  const { name = 'one_hot_io_u', sparseYPred = false } = options;
  return createIntersection({ ...options, owner: 'oneHotIoU', name, sparseYTrue: false, sparseYPred });
}
