import type { Logs } from '@keepfit/callbacks';
import type { Arrays, OneBatchOptions } from '@keepfit/fit';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { splitOptions, type TrainerChoices } from './compile-options.js';
import { getTrainer } from './get-trainer.js';

/**
 * Trains a tfjs-layers model on one batch, and resolves to its losses and metrics: see
 * `Trainer.trainOnBatch`.
 *
 * @param y The targets; undefined if a step of your own needs none.
 */
export async function trainOnBatch(
  model: LayersModel,
  x: Arrays,
  y: Arrays | undefined,
  options: OneBatchOptions & TrainerChoices = {},
): Promise<Logs> {
  const [compile, batchOptions] = splitOptions<OneBatchOptions>('trainOnBatch', options);
  return getTrainer(model, compile).trainOnBatch(x, y as Arrays, batchOptions);
}
