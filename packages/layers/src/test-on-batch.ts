import type { Logs } from '@keepfit/callbacks';
import type { Arrays, OneBatchOptions } from '@keepfit/fit';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { getTrainer } from './get-trainer.js';

/** Computes the losses and metrics of a compiled tfjs-layers model on one batch: see `Trainer.testOnBatch`. */
export async function testOnBatch(
  model: LayersModel,
  x: Arrays,
  y: Arrays,
  options: OneBatchOptions = {},
): Promise<Logs> {
  return getTrainer(model).testOnBatch(x, y, options);
}
