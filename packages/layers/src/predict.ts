import type { Arrays, BatchData, PredictOptions } from '@keepfit/fit';
import type * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { findTrainer } from './get-trainer.js';

/**
 * Computes the outputs of a tfjs-layers model for all samples; dispose them: see `Trainer.predict`.
 */
export async function predict(
  model: LayersModel,
  x: Arrays | BatchData,
  options: PredictOptions = {},
): Promise<tf.Tensor | tf.Tensor[]> {
  return findTrainer(model, {}, []).predict(x, options);
}
