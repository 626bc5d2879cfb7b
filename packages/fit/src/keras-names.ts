import type { Names } from './contract/names.js';
import { getLoss, type LossName } from './losses/get-loss.js';
import { chooseAccuracy } from './metrics/choose-accuracy.js';
import { createMetric, type MetricTableName } from './metrics/get-metric.js';
import { getOptimizer, type OptimizerName } from './optimizer/get-optimizer.js';

/** The names of the accuracy that depends on the shapes of a batch, and their keys in the logs. */
const accuracyKeys = { accuracy: 'accuracy', acc: 'acc', Accuracy: 'accuracy', ACC: 'ACC' } as const;

/**
 * The metrics by Keras' names: as they are offered ('accuracy', 'auc', 'mse'), in snake case, and as classes
 * ('AUC').
 */
export type MetricName = MetricTableName | 'accuracy' | 'acc' | (('Accuracy' | 'ACC') & Record<never, never>);

const isAccuracy = (name: string): name is keyof typeof accuracyKeys => Object.hasOwn(accuracyKeys, name);

/**
 * Keras' losses, metrics and optimizers by name. The shapes of each batch decide which accuracy 'accuracy'
 * is.
 */
export const kerasNames: Names = {
  getLoss: (name) => getLoss(name as LossName),
  getMetric: (name) =>
    isAccuracy(name)
      ? { name: accuracyKeys[name], direction: 'max', choose: chooseAccuracy }
      : createMetric(name, {}, ['accuracy', 'acc']),
  getOptimizer: (name) => getOptimizer(name as OptimizerName),
};
