import type { Logs } from '@keepfit/callbacks';
import type { Arrays, BatchData, EvaluateOptions } from '@keepfit/fit';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { trainerOf } from './trainer-of.js';

/** The losses and metrics of a compiled tfjs-layers model on data, by log key: see `Trainer.evaluate`. */
export async function evaluate(
  model: LayersModel,
  x: Arrays | BatchData,
  y?: Arrays,
  options: EvaluateOptions = {},
): Promise<Logs> {
  return trainerOf(model).evaluate(x, y, options);
}
