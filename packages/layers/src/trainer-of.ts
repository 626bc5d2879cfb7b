import { KeepfitError } from '@keepfit/callbacks';
import { type LossFunction, Trainer, type TrainerOptions } from '@keepfit/fit';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { fromLayers } from './from-layers.js';

interface Compiled {
  readonly trainer: Trainer;
  readonly optimizer: unknown;
  readonly loss: unknown;
  readonly metrics: unknown;
}

/** One trainer a model, so that a second fit of a running one is noticed; forgotten with the model. */
const trainers = new WeakMap<LayersModel, Compiled>();

/**
 * The trainer of a compiled tfjs-layers model, with the optimizer, loss and metrics that it was compiled with. The same one each time,
 * until the model is compiled anew: `trainerOf(model).history` is the whole history of the last fit, epochs before a crash included.
 * A `stepsPerExecution` that is given holds until another is.
 *
 * @throws KEEPFIT_INVALID_OPTION for a model that is not compiled.
 */
export function trainerOf(
  model: LayersModel,
  options: Pick<TrainerOptions, 'stepsPerExecution'> = {},
): Trainer {
  const { optimizer, loss, metrics } = model;
  if (optimizer === undefined || loss === undefined) {
    throw new KeepfitError(
      'KEEPFIT_INVALID_OPTION',
      'the model is not compiled; call model.compile({ optimizer, loss }) before fit',
    );
  }
  const { stepsPerExecution } = options;
  const known = trainers.get(model);
  if (known?.optimizer === optimizer && known.loss === loss && known.metrics === metrics) {
    if (stepsPerExecution !== undefined) known.trainer.stepsPerExecution = stepsPerExecution;
    return known.trainer;
  }
  const trainer = new Trainer(fromLayers(model), {
    optimizer,
    loss: loss as TrainerOptions['loss'] & LossFunction,
    metrics: (metrics ?? []) as NonNullable<TrainerOptions['metrics']>,
    ...options,
  });
  trainers.set(model, { trainer, optimizer, loss, metrics });
  return trainer;
}
