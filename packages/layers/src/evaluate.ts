import type { Logs } from '@keepfit/callbacks';
import type { Arrays, BatchData, EvaluateOptions } from '@keepfit/fit';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { getTrainer } from './get-trainer.js';

/** Computes the losses and metrics of a compiled tfjs-layers model on data, by log key: see `Trainer.evaluate`. */
export async function evaluate(
  model: LayersModel,
  x: Arrays | BatchData,
  y?: Arrays,
  options: EvaluateOptions = {},
): Promise<Logs> {
  return getTrainer(model).evaluate(x, y, options);
}
