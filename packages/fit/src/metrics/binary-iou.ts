import { checkOptions } from '@keepfit/callbacks/internal';
import type { StatefulMetric } from '../contract/metric.js';
import { optionRules } from '../losses/option-rules.js';
import {
  createIntersection,
  type IntersectionOptions,
  intersectionRules,
  targetRule,
} from './intersection.js';

export interface BinaryIoUOptions extends IntersectionOptions {
  /** The classes whose mean is the result: 0, 1 or both. @default [0, 1] */
  readonly targetClassIds?: readonly number[];
  /** Predictions from this value on are class 1, the others class 0. May be a logit. @default 0.5 */
  readonly threshold?: number;
}

/**
 * Keras' BinaryIoU, for segmentation into two classes: the mean intersection over union of the classes 0 and 1,
 * without one that never occurred.
 *
 * yTrue are class numbers; yPred has the same shape.
 *
 * @throws KEEPFIT_INVALID_OPTION when an option is unknown or invalid.
 * @throws KEEPFIT_INVALID_DATA when the metric is called with shapes that do not match.
 */
export function binaryIoU(options: BinaryIoUOptions = {}): StatefulMetric {
  const { finite } = optionRules;
  checkOptions('binaryIoU', options, { ...intersectionRules, targetClassIds: targetRule, threshold: finite });
  const { name = 'binary_io_u', targetClassIds = [0, 1], threshold = 0.5 } = options;
  return createIntersection({
    ...options,
    owner: 'binaryIoU',
    name,
    numClasses: 2,
    targetClassIds,
    threshold,
  });
}
