import { checkOptions } from '@keepfit/callbacks/internal';
import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { optionRules } from '../losses/option-rules.js';
import type { StatefulMetric } from '../contract/metric.js';
import { confusionCounts } from './confusion-counts.js';
import { sumsOf } from './sums-of.js';
import { thresholdList } from './threshold-list.js';
import type { ClassThresholdOptions } from './threshold-options.js';
import { thresholdRules } from './threshold-rules.js';
import { valueOrList } from './value-or-list.js';

/** True positives among them and one kind of error: precision or recall. 0 where there are neither. */
export function hitRate(
  owner: 'precision' | 'recall',
  error: 'falsePositives' | 'falseNegatives',
  options: ClassThresholdOptions,
): StatefulMetric {
  const { thresholds: list, topK: count, classId: id } = thresholdRules;
  checkOptions(owner, options, { name: optionRules.text, thresholds: list, topK: count, classId: id });
  const thresholds = thresholdList(options.thresholds, options.topK);
  const { topK, classId } = options;
  const settings = {
    owner,
    thresholds,
    ...(topK === undefined ? {} : { topK }),
    ...(classId === undefined ? {} : { classId }),
  };
  return {
    name: options.name ?? owner,
    direction: 'max',
    initial: () => [tf.zeros([thresholds.length]), tf.zeros([thresholds.length])],
    update: (state, yTrue, yPred, weights) =>
      tf.tidy(() => {
        const counts = confusionCounts(settings, yTrue, yPred, weights);
        return sumsOf(state, [counts.truePositives, counts[error]]);
      }),
    result: (state) =>
      tf.tidy(() => {
        const [hits, errors] = state as [Tensor, Tensor];
        return valueOrList(tf.divNoNan(hits, tf.add(hits, errors)));
      }),
  };
}
