import type { Names } from './contract/names.js';
import { getLoss } from './losses/get-loss.js';
import type { lossTable } from './losses/loss-table.js';
import { chooseAccuracy } from './metrics/choose-accuracy.js';
import { getMetric } from './metrics/get-metric.js';
import type { metricTable } from './metrics/metric-table.js';
import { getOptimizer } from './optimizer/get-optimizer.js';

type CamelCase<Name extends string> = Name extends `${infer Head}_${infer Tail}`
  ? `${Head}${Capitalize<CamelCase<Tail>>}`
  : Name;

type KerasLoss = keyof typeof lossTable;
type KerasMetric = keyof typeof metricTable;
type ShortName = 'mse' | 'mae' | 'mape' | 'msle' | 'bce' | 'kld';

/** The losses that Keras names. Class names, such as 'MeanSquaredError', are understood too. */
export type LossName = KerasLoss | CamelCase<KerasLoss> | ShortName;

/** The metrics that Keras names. Class names, such as 'AUC', are understood too. */
export type MetricName = KerasMetric | CamelCase<KerasMetric> | ShortName | 'accuracy' | 'acc' | 'rmse';

/** Keras' losses, metrics and optimizers by name. The shapes of the first batch decide which accuracy 'accuracy' is. */
export const kerasNames: Names = {
  getLoss,
  getMetric: (name) =>
    name === 'accuracy' || name === 'acc'
      ? { name, direction: 'max', choose: chooseAccuracy }
      : getMetric(name),
  getOptimizer,
};
