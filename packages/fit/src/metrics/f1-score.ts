import { checkOptions } from '@keepfit/callbacks/internal';
import type { StatefulMetric } from '../contract/metric.js';
import { fBetaScore, type FBetaScoreOptions } from './f-beta-score.js';

export type F1ScoreOptions = Omit<FBetaScoreOptions, 'beta'>;

/**
 * Keras' F1Score: the harmonic mean of precision and recall. Targets are one-hot or multi-label, [batch,
 * classes].
 *
 * @throws KEEPFIT_INVALID_OPTION when an option is unknown or invalid.
 * @throws KEEPFIT_INVALID_DATA when the metric is called with shapes that do not match.
 */
export function f1Score(options: F1ScoreOptions = {}): StatefulMetric {
  const any = [() => true, ''] as const;
  // fBetaScore checks the values; this only refuses beta.
  checkOptions('f1Score', options, { name: any, average: any, threshold: any });
  return fBetaScore({ ...options, name: options.name ?? 'f1_score' });
}
