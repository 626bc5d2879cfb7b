import type { Logs } from '@keepfit/callbacks';
import type { Arrays, OneBatchOptions } from '@keepfit/fit';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { trainerOf } from './trainer-of.js';

/** The losses and metrics of a compiled tfjs-layers model on one batch: see `Trainer.testOnBatch`. */
export async function testOnBatch(
  model: LayersModel,
  x: Arrays,
  y: Arrays,
  options: OneBatchOptions = {},
): Promise<Logs> {
  return trainerOf(model).testOnBatch(x, y, options);
}
