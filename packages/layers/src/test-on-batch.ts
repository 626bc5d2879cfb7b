import type { Logs } from '@keepfit/callbacks';
import type { Arrays, OneBatchOptions } from '@keepfit/fit';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { splitOptions, type TrainerChoices } from './compile-options.js';
import { findTrainer } from './get-trainer.js';

/**
 * Computes the losses and metrics of a tfjs-layers model on one batch: see `Trainer.testOnBatch`.
 *
 * @param y The targets; undefined if a step of your own needs none.
 */
export async function testOnBatch(
  model: LayersModel,
  x: Arrays,
  y: Arrays | undefined,
  options: OneBatchOptions & TrainerChoices = {},
): Promise<Logs> {
  const [compile, batchOptions] = splitOptions<OneBatchOptions>('testOnBatch', options);
  return findTrainer(model, compile, ['loss']).testOnBatch(x, y as Arrays, batchOptions);
}
