import type { Arrays } from '@keepfit/fit';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { trainerOf } from './trainer-of.js';

/** The outputs of a compiled tfjs-layers model for one batch, which the caller disposes: see `Trainer.predictOnBatch`. */
export async function predictOnBatch(model: LayersModel, x: Arrays): Promise<Tensor | Tensor[]> {
  return trainerOf(model).predictOnBatch(x);
}
