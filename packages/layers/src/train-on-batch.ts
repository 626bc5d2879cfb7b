import type { Logs } from '@keepfit/callbacks';
import type { Arrays, OneBatchOptions } from '@keepfit/fit';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { type CompileOptions, splitOptions } from './compile-options.js';
import { getTrainer } from './get-trainer.js';

/**
 * Trains a tfjs-layers model on one batch, and resolves to its losses and metrics: see
 * `Trainer.trainOnBatch`.
 */
export async function trainOnBatch(
  model: LayersModel,
  x: Arrays,
  y: Arrays,
  options: OneBatchOptions & CompileOptions = {},
): Promise<Logs> {
  const [compile, batchOptions] = splitOptions<OneBatchOptions>('trainOnBatch', options);
  return getTrainer(model, compile).trainOnBatch(x, y, batchOptions);
}
