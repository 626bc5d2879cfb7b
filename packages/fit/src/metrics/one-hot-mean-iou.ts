import { checkOptions } from '@keepfit/callbacks/internal';
import type { StatefulMetric } from '../contract/metric.js';
import { optionRules } from '../losses/option-rules.js';
import { classRules, createIntersection, listClasses } from './intersection.js';
import type { OneHotIoUOptions } from './one-hot-iou.js';

export type OneHotMeanIoUOptions = Omit<OneHotIoUOptions, 'targetClassIds'>;

/**
 * Keras' OneHotMeanIoU: `meanIoU` for one-hot targets and predictions of one value per class, both [batch, …,
 * classes].
 *
 * @throws KEEPFIT_INVALID_OPTION when `numClasses` is missing, or when an option is unknown or invalid.
 * @throws KEEPFIT_INVALID_DATA when the metric is called with shapes that do not match.
 */
export function oneHotMeanIoU(options: OneHotMeanIoUOptions): StatefulMetric {
  checkOptions('oneHotMeanIoU', options, { ...classRules, sparseYPred: optionRules.flag });
  const { name = 'one_hot_mean_io_u', numClasses, sparseYPred = false } = options;
  return createIntersection({
    ...options,
    owner: 'oneHotMeanIoU',
    name,
    targetClassIds: listClasses(numClasses),
    sparseYTrue: false,
    sparseYPred,
  });
}
