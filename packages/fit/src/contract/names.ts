import type * as tf from '@tensorflow/tfjs-core';
import type { LossFunction } from './loss.js';
import type { MeanMetric, Metric, MetricDirection } from './metric.js';

/** A metric whose kind depends on the shapes of a batch, such as Keras' 'accuracy'. */
export interface MetricByShape {
  /** Its key in the logs. */
  readonly name: string;
  readonly direction?: MetricDirection;
  choose(yTrueShape: readonly number[], yPredShape: readonly number[]): MeanMetric;
}

/**
 * Finds losses, metrics and optimizers by name. Every function throws KEEPFIT_INVALID_OPTION for a name that
 * it does not know.
 */
export interface Names {
  getLoss(name: string): LossFunction;
  getMetric(name: string): Metric | MetricByShape;
  getOptimizer(name: string): tf.Optimizer;
}
