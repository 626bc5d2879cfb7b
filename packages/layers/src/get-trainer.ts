import { KeepfitError } from '@keepfit/callbacks';
import {
  type LossFunction,
  type OwnStepTrainerOptions,
  type PhasedTrainerOptions,
  Trainer,
  type TrainerOptions,
} from '@keepfit/fit';
import { getIgnoredArguments } from '@keepfit/fit/internal';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { checkIsLayersModel, fromLayers } from './from-layers.js';

/** A step of your own in place of the compiled loss: see `Trainer`. */
export type OwnStepChoices = Pick<PhasedTrainerOptions, 'phases'> &
  Pick<OwnStepTrainerOptions, 'optimizers' | 'trainStep' | 'testStep'>;

/** What a trainer of a tfjs-layers model can be given beside what the model was compiled with. */
export type TrainerChoices = Partial<OwnStepChoices> & Pick<TrainerOptions, 'stepsPerExecution'>;

interface Compiled {
  readonly trainer: Trainer;
  readonly optimizer: unknown;
  readonly loss: unknown;
  readonly metrics: unknown;
  /** The `phases` or the `trainStep` that it was given. */
  readonly own: unknown;
}

/**
 * One trainer per model, so that a second fit of a running model is noticed. A trainer is forgotten with its
 * model.
 */
const trainers = new WeakMap<LayersModel, Compiled>();

/**
 * Gets the trainer of a compiled tfjs-layers model, with the optimizer, loss and metrics the model was
 * compiled with. It is the same trainer each time, until the model is compiled again:
 * `getTrainer(model).history` is the whole history of the last fit, including epochs before a crash. A given
 * `stepsPerExecution` holds until you give another.
 *
 * @throws KEEPFIT_INVALID_OPTION when it is no tfjs-layers model, is not compiled, or is compiled with arguments
 * that tfjs ignores.
 */
export function getTrainer(model: LayersModel, options: TrainerChoices = {}): Trainer {
  checkIsLayersModel(model);
  const { optimizer, loss, metrics } = model;
  const own = options.phases ?? options.trainStep;
  if (own === undefined && (optimizer === undefined || loss === undefined)) {
    throw new KeepfitError(
      'KEEPFIT_INVALID_OPTION',
      'the model is not compiled; call model.compile({ optimizer, loss }) before fit',
    );
  }
  const { stepsPerExecution } = options;
  const known = trainers.get(model);
  if (
    known !== undefined &&
    known.optimizer === optimizer &&
    known.loss === loss &&
    known.metrics === metrics &&
    known.own === own
  ) {
    if (stepsPerExecution !== undefined) known.trainer.stepsPerExecution = stepsPerExecution;
    return known.trainer;
  }
  if (own === undefined) checkArguments(getIgnoredArguments(model));
  const compiled = {
    optimizer,
    loss: loss as TrainerOptions['loss'] & LossFunction,
    metrics: (metrics ?? []) as NonNullable<TrainerOptions['metrics']>,
  };
  const trainer: Trainer = new Trainer(fromLayers(model), {
    ...(own === undefined && compiled),
    ...options,
  } as TrainerOptions);
  trainers.set(model, { trainer, optimizer, loss, metrics, own });
  return trainer;
}

/** Arguments of Keras' compile that change no result here. */
const HARMLESS = ['runEagerly', 'run_eagerly', 'jitCompile', 'jit_compile'];

const ADVICE: Readonly<Record<string, string>> = {
  lossWeights: 'give it to a trainer: new Trainer(fromLayers(model), { optimizer, loss, lossWeights })',
  weightedMetrics: 'give metrics, which are not weighted by samples',
  stepsPerExecution: 'give it to fit: fit(model, x, y, { stepsPerExecution })',
  targetTensors: 'give the targets to fit as y',
};

/** tfjs ignores them without a word, and the training would be another one than was asked for. */
function checkArguments(ignored: readonly string[]): void {
  const given = ignored.find((name) => !HARMLESS.includes(name));
  if (given === undefined) return;
  const name = given.replaceAll(/_(.)/g, (_, letter: string) => letter.toUpperCase());
  throw new KeepfitError(
    'KEEPFIT_INVALID_OPTION',
    `model.compile was given ${given}, which tfjs ignores: it reads optimizer, loss and metrics; ${ADVICE[name] ?? 'leave it out'}`,
  );
}
