import type { Arrays, BatchData, PredictOptions } from '@keepfit/fit';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { trainerOf } from './trainer-of.js';

/** The outputs of a compiled tfjs-layers model for all samples, which the caller disposes: see `Trainer.predict`. */
export async function predict(
  model: LayersModel,
  x: Arrays | BatchData,
  options: PredictOptions = {},
): Promise<Tensor | Tensor[]> {
  return trainerOf(model).predict(x, options);
}
