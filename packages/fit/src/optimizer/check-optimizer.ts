import { KeepfitError } from '@keepfit/callbacks';
import { formatValue } from '@keepfit/callbacks/internal';
import type * as tf from '@tensorflow/tfjs-core';
import { fieldsOf, getOptimizerClass, getOptimizerSettings, stepsLikeStock } from './optimizer-kind.js';

/**
 * Checks the settings of tfjs' own optimizers, which compute with any of them: a function as learning rate trains
 * all weights to NaN. Optimizers with an own step know their settings themselves.
 *
 * @throws KEEPFIT_INVALID_OPTION when the learning rate is no finite number of at least 0, or another setting is
 * neither a finite number nor a flag.
 */
export function checkOptimizer(optimizer: tf.Optimizer): void {
  if (!stepsLikeStock(optimizer)) return;
  const { learningRate } = fieldsOf(optimizer);
  if (!isFiniteNumber(learningRate) || learningRate < 0) {
    throw createError(
      optimizer,
      `learningRate ${formatValue(learningRate)}, and it must be a finite number of at least 0${hintAtSchedule(learningRate)}`,
    );
  }
  for (const [name, value] of Object.entries(getOptimizerSettings(optimizer))) {
    if (isFiniteNumber(value) || typeof value === 'boolean' || typeof value === 'string') continue;
    throw createError(
      optimizer,
      `${name} ${formatValue(value)}, and it must be a finite number; give the arguments of tf.train in their order`,
    );
  }
}

function hintAtSchedule(rate: unknown): string {
  if (typeof rate === 'function' || (typeof rate === 'object' && rate !== null))
    return '; for a rate that changes give LearningRateScheduler or ReduceLROnPlateau as a callback';
  return ', as in tf.train.adam(0.001)';
}

function createError(optimizer: tf.Optimizer, what: string): KeepfitError {
  return new KeepfitError(
    'KEEPFIT_INVALID_OPTION',
    `the optimizer ${getOptimizerClass(optimizer)} has the ${what}`,
  );
}

function isFiniteNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}
