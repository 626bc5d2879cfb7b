import { checkOptions } from '@keepfit/callbacks/internal';
import type { StatefulMetric } from '../contract/metric.js';
import { fBetaScore, type FBetaScoreOptions } from './f-beta-score.js';

export type F1ScoreOptions = Omit<FBetaScoreOptions, 'beta'>;

/** Keras' F1Score: the harmonic mean of precision and recall. For one-hot or multi-label targets [batch, classes]. */
export function f1Score(options: F1ScoreOptions = {}): StatefulMetric {
  const any = [() => true, ''] as const;
  // The values are checked by fBetaScore; here only that there is no beta.
  checkOptions('f1Score', options, { name: any, average: any, threshold: any });
  return fBetaScore({ ...options, name: options.name ?? 'f1_score' });
}
