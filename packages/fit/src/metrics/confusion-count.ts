import { checkOptions } from '@keepfit/callbacks/internal';
import * as tf from '@tensorflow/tfjs-core';
import { optionRules } from '../losses/option-rules.js';
import type { StatefulMetric } from '../contract/metric.js';
import { confusionCounts, type ConfusionCounts } from './confusion-counts.js';
import { sumsOf } from './sums-of.js';
import { thresholdList } from './threshold-list.js';
import type { ThresholdOptions } from './threshold-options.js';
import { thresholdRules } from './threshold-rules.js';
import { valueOrList } from './value-or-list.js';

/** A metric that is one of the four counts at one threshold or several. */
export function confusionCount(
  owner: keyof ConfusionCounts,
  defaultName: string,
  options: ThresholdOptions,
): StatefulMetric {
  checkOptions(owner, options, { name: optionRules.text, thresholds: thresholdRules.thresholds });
  const thresholds = thresholdList(options.thresholds);
  return {
    name: options.name ?? defaultName,
    initial: () => [tf.zeros([thresholds.length])],
    update: (state, yTrue, yPred, weights) =>
      tf.tidy(() => sumsOf(state, [confusionCounts({ owner, thresholds }, yTrue, yPred, weights)[owner]])),
    result: (state) => tf.tidy(() => valueOrList(state[0] as tf.Tensor)),
  };
}
