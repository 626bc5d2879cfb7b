import type { Names } from './contract/names.js';
import { getLoss, type LossName } from './losses/get-loss.js';
import { chooseAccuracy } from './metrics/choose-accuracy.js';
import { createMetric, type MetricTableName } from './metrics/get-metric.js';
import { getOptimizer, type OptimizerName } from './optimizer/get-optimizer.js';

/** The names of the accuracy that depends on the shapes of a batch. */
const ACCURACY = ['accuracy', 'acc'] as const;

/**
 * The metrics by Keras' names: as they are offered ('accuracy', 'auc', 'mse'), in snake case, and as classes
 * ('AUC').
 */
export type MetricName = MetricTableName | (typeof ACCURACY)[number];

/**
 * Keras' losses, metrics and optimizers by name. The shapes of each batch decide which accuracy 'accuracy'
 * is.
 */
export const kerasNames: Names = {
  getLoss: (name) => getLoss(name as LossName),
  getMetric: (name) =>
    ACCURACY.some((accuracy) => accuracy === name)
      ? { name, direction: 'max', choose: chooseAccuracy }
      : createMetric(name, {}, ACCURACY),
  getOptimizer: (name) => getOptimizer(name as OptimizerName),
};
