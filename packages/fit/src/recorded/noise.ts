import * as tf from '@tensorflow/tfjs-core';
import { isSame } from './compare-values.js';
import type { Drawn } from './recorded-call.js';

/** A normal distribution. */
export interface NormalNoise {
  readonly mean: number;
  readonly stdDev: number;
}

/** Makes the next tensor of random numbers, as the model made it. It draws one number of `Math.random`. */
export type MakeNoise = () => tf.Tensor;

/**
 * Finds what made a tensor of random numbers: `tf.randomUniform` from 0 to 1, or `tf.randomNormal` of one of these
 * distributions. Undefined if it is something else.
 */
export function findNoise(
  { info, values, seed }: Drawn,
  distributions: readonly NormalNoise[],
): MakeNoise | undefined {
  const { shape } = info;
  const dtype = info.dtype as 'float32' | 'int32';
  const uniform = (given?: number) => tf.randomUniform(shape, 0, 1, dtype, given);
  const normals = distributions.map(
    ({ mean, stdDev }) =>
      (given?: number) =>
        tf.randomNormal(shape, mean, stdDev, dtype, given),
  );
  return [uniform, ...normals].find((make) =>
    tf.tidy(() => isSame(make(seed).dataSync<'float32' | 'int32'>(), values)),
  );
}
