import { checkOptions } from '@keepfit/callbacks/internal';
import type { StatefulMetric } from '../contract/metric.js';
import { optionRules } from '../losses/option-rules.js';
import {
  type ClassIntersectionOptions,
  classRules,
  createIntersection,
  listClasses,
  type SparsityOptions,
} from './intersection.js';

export type MeanIoUOptions = ClassIntersectionOptions & SparsityOptions;

/**
 * Keras' MeanIoU, for segmentation: the mean over all classes of the intersection over union, true positives /
 * (true positives + false positives + false negatives). Classes that never occurred do not count.
 *
 * yTrue and yPred are class numbers of the same shape, or have one value per class along `axis`: see
 * `sparseYTrue` and `sparseYPred`. For a model with a softmax give `sparseYPred: false`.
 *
 * @throws KEEPFIT_INVALID_OPTION when `numClasses` is missing, or when an option is unknown or invalid.
 * @throws KEEPFIT_INVALID_DATA when the metric is called with shapes that do not match.
 */
export function meanIoU(options: MeanIoUOptions): StatefulMetric {
  const { flag } = optionRules;
  checkOptions('meanIoU', options, { ...classRules, sparseYTrue: flag, sparseYPred: flag });
  const { name = 'mean_io_u', numClasses } = options;
  return createIntersection({ ...options, owner: 'meanIoU', name, targetClassIds: listClasses(numClasses) });
}
