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

export interface IoUOptions extends ClassIntersectionOptions, SparsityOptions {
  /** The classes whose mean is the result. Required. */
  readonly targetClassIds: readonly number[];
}

/**
 * Keras' IoU, for segmentation: the intersection over union of some classes, true positives / (true positives
 * + false positives + false negatives). The result is their mean, without classes that never occurred.
 *
 * yTrue and yPred are class numbers of the same shape, or have one value per class along `axis`: see
 * `sparseYTrue` and `sparseYPred`.
 *
 * @throws KEEPFIT_INVALID_OPTION when `numClasses` or `targetClassIds` is missing, or when an option is unknown
 * or invalid.
 * @throws KEEPFIT_INVALID_DATA when the metric is called with shapes that do not match.
 */
export function iou(options: IoUOptions): StatefulMetric {
  const { flag } = optionRules;
  const rules = { ...classRules, targetClassIds: targetRule, sparseYTrue: flag, sparseYPred: flag };
  checkOptions('iou', options, rules);
  return createIntersection({ ...options, owner: 'iou', name: options.name ?? 'io_u' });
}
