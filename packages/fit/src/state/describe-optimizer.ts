import type { OptimizerView, StateRecord } from '@keepfit/callbacks';
import type * as tf from '@tensorflow/tfjs-core';
import { findLearningRate } from '../optimizer/learning-rate.js';
import { getOptimizerClass, getOptimizerSettings } from '../optimizer/optimizer-kind.js';
import { describeSchedule, findSchedule } from '../optimizer/schedule.js';
import { toPlain } from './fingerprint.js';

/** What a callback can read of the optimizer now. Frozen, so that setting the rate here, as in Keras, throws. */
export function describeOptimizer(optimizer: tf.Optimizer): OptimizerView {
  const { iterations } = optimizer as Partial<tf.Optimizer>;
  const learningRate = findLearningRate(optimizer);
  const schedule = findSchedule(optimizer);
  return Object.freeze({
    className: getOptimizerClass(optimizer),
    learningRate,
    hasSchedule: schedule !== undefined,
    iterations,
    config: Object.freeze(
      toPlain({
        learningRate: schedule === undefined ? learningRate : describeSchedule(schedule),
        ...getOptimizerSettings(optimizer),
      }) as StateRecord,
    ),
  });
}
