import { KeepfitError } from '@keepfit/callbacks';
import { formatValue } from '@keepfit/callbacks/internal';
import * as tf from '@tensorflow/tfjs-core';
import type { RandomStream } from '../random/random-stream.js';

/**
 * The random numbers of one batch. They depend on the seed of the training and the number of the step alone, so
 * that a resumed training draws the same. tfjs' own random ops without a seed draw from here too.
 */
export interface StepRandom {
  /** A uniform number in [0, 1), as `Math.random`. */
  next(): number;
  /** float32, normally distributed. */
  normal(shape: readonly number[], mean?: number, stdDev?: number): tf.Tensor;
  /** float32, uniform in [min, max), by default [0, 1). */
  uniform(shape: readonly number[], min?: number, max?: number): tf.Tensor;
  /** int32, uniform integers from `min` to `max` - 1. */
  integer(shape: readonly number[], min: number, max: number): tf.Tensor;
}

/** The random numbers of a stream. */
export function createStepRandom(stream: RandomStream): StepRandom {
  const seed = () => stream.next();
  return {
    next: () => stream.next(),
    normal: (shape, mean = 0, stdDev = 1) => tf.randomNormal([...shape], mean, stdDev, 'float32', seed()),
    uniform: (shape, min = 0, max = 1) => tf.randomUniform([...shape], min, max, 'float32', seed()),
    integer: (shape, min, max) => drawIntegers(stream, shape, min, max),
  };
}

/** tfjs' own op rounds: it draws `max` too, half as often as the others, as it does `min`. */
function drawIntegers(stream: RandomStream, shape: readonly number[], min: number, max: number): tf.Tensor {
  if (!Number.isSafeInteger(min) || !Number.isSafeInteger(max) || max <= min || max - min > 2 ** 32) {
    throw new KeepfitError(
      'KEEPFIT_INVALID_OPTION',
      `random.integer must be given integers min and max with min < max, not ${formatValue(min)} and ${formatValue(max)}`,
    );
  }
  const size = shape.reduce((product, length) => product * length, 1);
  const values = Int32Array.from({ length: size }, () => min + stream.integer(max - min));
  return tf.tensor(values, [...shape], 'int32');
}
