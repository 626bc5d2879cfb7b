import { KeepfitError } from '@keepfit/callbacks';
import { formatValue } from '@keepfit/callbacks/internal';
import type * as tf from '@tensorflow/tfjs-core';
import { fieldsOf, getOptimizerClass } from './optimizer-kind.js';
import { findSchedule, isComputed } from './schedule.js';

/**
 * The current learning rate.
 *
 * @throws KEEPFIT_INVALID_OPTION when the optimizer has no number of this name.
 */
export function getLearningRate(optimizer: tf.Optimizer): number {
  const rate = findLearningRate(optimizer);
  if (rate !== undefined) return rate;
  throw new KeepfitError(
    'KEEPFIT_INVALID_OPTION',
    `the optimizer ${getOptimizerClass(optimizer)} has no number in a field learningRate, which callbacks read and set; name the field so, or give one of tfjs' optimizers`,
  );
}

/** The current learning rate; undefined if the optimizer has no number of this name. */
export function findLearningRate(optimizer: tf.Optimizer): number | undefined {
  const rate = fieldsOf(optimizer)['learningRate'];
  return typeof rate === 'number' ? rate : undefined;
}

/**
 * Sets the learning rate of the steps to come.
 *
 * @throws KEEPFIT_INVALID_OPTION when a schedule gives the rate, as in Keras, or when the rate is no number: tfjs
 * would compute NaN with it.
 */
export function setLearningRate(optimizer: tf.Optimizer, rate: number): void {
  if (findSchedule(optimizer) !== undefined) {
    throw new KeepfitError(
      'KEEPFIT_INVALID_OPTION',
      `learningRate cannot be set to ${formatValue(rate)} because the optimizer ${getOptimizerClass(optimizer)} has a schedule that gives it; make the optimizer with a number as learningRate`,
    );
  }
  if (typeof (rate as unknown) !== 'number') {
    throw new KeepfitError(
      'KEEPFIT_INVALID_OPTION',
      `learningRate must be set to a number, not ${formatValue(rate)}; for a schedule give LearningRateScheduler as a callback`,
    );
  }
  const { setLearningRate: set } = optimizer as tf.Optimizer & { setLearningRate?: (rate: number) => void };
  // Only SGD and Momentum have the method: they keep the rate as a tensor too.
  if (set === undefined) fieldsOf(optimizer)['learningRate'] = rate;
  else set.call(optimizer, rate);
}

/**
 * Restores a saved learning rate. A rate that a class computes from its state comes with that state, and one
 * that a schedule gives comes from the schedule.
 */
export function restoreLearningRate(optimizer: tf.Optimizer, rate: number | null): void {
  if (rate === null || Object.is(findLearningRate(optimizer), rate)) return;
  if (findSchedule(optimizer) !== undefined || isComputed(optimizer, 'learningRate')) return;
  setLearningRate(optimizer, rate);
}
