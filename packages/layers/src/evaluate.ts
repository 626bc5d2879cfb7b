import type { Logs } from '@keepfit/callbacks';
import type { Arrays, BatchData, EvaluateArguments, EvaluateOptions } from '@keepfit/fit';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { getTrainer } from './get-trainer.js';

/**
 * Computes the losses and metrics of a compiled tfjs-layers model on batches, by log key: see
 * `Trainer.evaluate`.
 */
export function evaluate(model: LayersModel, x: BatchData, options?: EvaluateOptions): Promise<Logs>;
/** Computes the losses and metrics of a compiled tfjs-layers model on arrays, by log key. */
export function evaluate(model: LayersModel, x: Arrays, y: Arrays, options?: EvaluateOptions): Promise<Logs>;
/** Computes the losses and metrics on what the arguments of another function were. */
export function evaluate(model: LayersModel, ...data: EvaluateArguments): Promise<Logs>;
export async function evaluate(model: LayersModel, ...data: EvaluateArguments): Promise<Logs> {
  return getTrainer(model).evaluate(...data);
}
