import { checkOptions } from '@keepfit/callbacks/internal';
import * as tf from '@tensorflow/tfjs-core';
import { cosineSimilarity, type CosineSimilarityOptions } from '../losses/cosine-similarity.js';
import { optionRules } from '../losses/option-rules.js';
import type { MeanMetric } from '../contract/metric.js';
import { meanMetric } from './mean-metric.js';
import type { MetricOptions } from './metric-options.js';

/** Keras' CosineSimilarity as a metric: the cosine, 1 where targets and predictions point one way; the loss is its negative. */
export function cosineMetric(options: MetricOptions & CosineSimilarityOptions = {}): MeanMetric {
  const { name = 'cosine_similarity', ...rest } = options;
  checkOptions<MetricOptions>('cosine_similarity', { name }, { name: optionRules.text });
  const negative = cosineSimilarity(rest);
  return meanMetric(name, (yTrue, yPred) => tf.tidy(() => tf.neg(negative(yTrue, yPred))), 'max');
}
