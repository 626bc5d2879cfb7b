import type { Logs } from '@keepfit/callbacks';
import type { Arrays, BatchData, EvaluateArguments, EvaluateOptions } from '@keepfit/fit';
import { nameArguments } from '@keepfit/fit/internal';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { hasOwnStep, splitOptions, type TrainerChoices } from './compile-options.js';
import { findTrainer, trainsByOwnStep } from './get-trainer.js';

/** The options of `evaluate`, and those of `compile`, which win over `model.compile`: see `getTrainer`. */
export interface LayersEvaluateOptions extends EvaluateOptions, TrainerChoices {}

/** Computes the losses and metrics of a tfjs-layers model on batches, by log key: see `Trainer.evaluate`. */
export function evaluate(model: LayersModel, x: BatchData, options?: LayersEvaluateOptions): Promise<Logs>;
/** Computes the losses and metrics of a tfjs-layers model on arrays, by log key. */
export function evaluate(
  model: LayersModel,
  x: Arrays,
  y: Arrays,
  options?: LayersEvaluateOptions,
): Promise<Logs>;
/** Computes the losses and metrics on what the arguments of another function were. */
export function evaluate(
  model: LayersModel,
  ...data: EvaluateArguments<LayersEvaluateOptions>
): Promise<Logs>;
export async function evaluate(
  model: LayersModel,
  ...data: EvaluateArguments<LayersEvaluateOptions>
): Promise<Logs> {
  const isFree = data.some((argument) => hasOwnStep(argument)) || trainsByOwnStep(model);
  const { x, y, options } = nameArguments('evaluate', data, isFree);
  const [compile, evaluateOptions] = splitOptions<EvaluateOptions>('evaluate', options);
  const trainer = findTrainer(model, compile, ['loss']);
  return trainer.evaluate(
    ...([x, ...(y === undefined ? [] : [y]), evaluateOptions] as unknown as EvaluateArguments),
  );
}
