import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { weightsFor } from '../losses/weights-for.js';

/** Weights that broadcast over `values`; 1 where none are given. */
export function columnWeights(values: Tensor, weights: Tensor | undefined): Tensor {
  return weights === undefined ? tf.scalar(1) : weightsFor(values, weights);
}
