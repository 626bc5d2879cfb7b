import type { Logs } from '@keepfit/callbacks';
import type { Arrays, OneBatchOptions } from '@keepfit/fit';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { getTrainer } from './get-trainer.js';

/** Trains a compiled tfjs-layers model on one batch, and resolves to its losses and metrics: see `Trainer.trainOnBatch`. */
export async function trainOnBatch(
  model: LayersModel,
  x: Arrays,
  y: Arrays,
  options: OneBatchOptions = {},
): Promise<Logs> {
  return getTrainer(model).trainOnBatch(x, y, options);
}
