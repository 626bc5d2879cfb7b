import type { Arrays } from '@keepfit/fit';
import type * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { findTrainer } from './get-trainer.js';

/**
 * Computes the outputs of a tfjs-layers model for one batch; dispose them: see
 * `Trainer.predictOnBatch`.
 */
export async function predictOnBatch(model: LayersModel, x: Arrays): Promise<tf.Tensor | tf.Tensor[]> {
  return findTrainer(model, {}, []).predictOnBatch(x);
}
