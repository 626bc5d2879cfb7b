import type { OptimizerView, StateRecord } from '@keepfit/callbacks';
import type * as tf from '@tensorflow/tfjs-core';
import { findLearningRate } from '../optimizer/learning-rate.js';
import { getOptimizerClass } from '../optimizer/optimizer-kind.js';
import { toPlain } from './fingerprint.js';

/** What a callback can read of the optimizer now. Frozen, so that setting the rate here, as in Keras, throws. */
export function describeOptimizer(optimizer: tf.Optimizer): OptimizerView {
  const { iterations, getConfig } = optimizer as Partial<tf.Optimizer>;
  return Object.freeze({
    className: getOptimizerClass(optimizer),
    learningRate: findLearningRate(optimizer),
    iterations,
    config: Object.freeze(toPlain(getConfig?.call(optimizer) ?? {}) as StateRecord),
  });
}
