import { KeepfitError } from '@keepfit/callbacks';
import { Trainer, type TrainerOptions } from '@keepfit/fit';
import { getIgnoredArguments } from '@keepfit/fit/internal';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import {
  type CompileOptions,
  copyOption,
  hasOwnStep,
  isSameOption,
  mergeChoices,
  type TrainerChoices,
} from './compile-options.js';
import { checkIsLayersModel, fromLayers } from './from-layers.js';
import { keepOptimizers } from './keep-optimizers.js';

/** The trainer of a model, and what it trains with. */
interface Compiled {
  readonly trainer: Trainer;
  /** What `model.compile` set when the trainer was compiled last. */
  readonly compiled: Pick<LayersModel, 'optimizer' | 'loss' | 'metrics'>;
  /** What was given beside `model.compile` since then. */
  readonly given: TrainerChoices;
}

/**
 * One trainer per model, so that a second fit of a running model is noticed. A trainer is forgotten with its
 * model.
 */
const trainers = new WeakMap<LayersModel, Compiled>();

/**
 * Gets the trainer of a tfjs-layers model, with the optimizer, loss and metrics the model was compiled with, or
 * with those of `options`, which win. It is the same trainer each time: `getTrainer(model).history` is the whole
 * history of the last fit, including epochs before a crash.
 *
 * A given option holds for later calls, also of `fit` and `evaluate`, until you give another one.
 * `model.compile` replaces all of them except for `stepsPerExecution`. An optimizer by name keeps its state
 * while its name stays.
 *
 * @throws KEEPFIT_INVALID_OPTION when it is no tfjs-layers model, has neither been compiled nor given an optimizer
 * and a loss, or is compiled with arguments that tfjs ignores.
 * @throws KEEPFIT_FIT_RUNNING when an option changes while a fit of the model runs.
 */
export function getTrainer(model: LayersModel, options: TrainerChoices = {}): Trainer {
  return findTrainer(model, options, ['optimizer', 'loss']);
}

/** Whether the model trains by a step of the user's own, whose data may have no targets. */
export function trainsByOwnStep(model: LayersModel): boolean {
  const known = trainers.get(model);
  return known !== undefined && hasOwnStep(known.given) && !isCompiledAgain(model, known);
}

/**
 * Gets the trainer of a model for work that needs some of its parts. `predict` needs none, for instance: a
 * model that was never compiled can predict.
 */
export function findTrainer(
  model: LayersModel,
  options: TrainerChoices,
  needed: readonly ('optimizer' | 'loss')[],
): Trainer {
  checkIsLayersModel(model);
  const { optimizer, loss, metrics } = model;
  const known = trainers.get(model);
  const held = known === undefined || isCompiledAgain(model, known) ? undefined : known;
  const given = mergeChoices(held?.given ?? {}, options);
  const wanted = { optimizer: given.optimizer ?? optimizer, loss: given.loss ?? loss };
  if (!hasOwnStep(given) && needed.some((name) => wanted[name] === undefined)) {
    throw new KeepfitError(
      'KEEPFIT_INVALID_OPTION',
      'the model is not compiled; call model.compile({ optimizer, loss }) before, or give optimizer and loss as ' +
        'options: fit(model, x, y, { optimizer, loss })',
    );
  }
  if (held !== undefined && isSameOption(held.given, given)) return held.trainer;
  const trainerOptions = hasOwnStep(given)
    ? keepOptimizers(given, held?.given ?? {}, held?.trainer.optimizers ?? {})
    : {
        metrics: (metrics ?? []) as NonNullable<TrainerOptions['metrics']>,
        ...given,
        optimizer:
          held !== undefined && isSameOption(held.given.optimizer, given.optimizer) && !hasOwnStep(held.given)
            ? held.trainer.optimizer
            : (wanted.optimizer ?? 'sgd'),
        loss: (wanted.loss ?? 'mse') as TrainerOptions['loss'],
      };
  if (!hasOwnStep(given)) checkArguments(getIgnoredArguments(model), given);
  const trainer = known?.trainer ?? new Trainer(fromLayers(model), trainerOptions as TrainerOptions);
  if (known !== undefined) trainer.compile(trainerOptions as TrainerOptions);
  trainers.set(model, { trainer, compiled: { optimizer, loss, metrics }, given: copyOption(given) });
  return trainer;
}

/** Whether `model.compile` was called since the trainer was compiled last. */
function isCompiledAgain({ optimizer, loss, metrics }: LayersModel, { compiled }: Compiled): boolean {
  return compiled.optimizer !== optimizer || compiled.loss !== loss || compiled.metrics !== metrics;
}

/** Arguments of Keras' compile that change no result here. */
const HARMLESS = ['runEagerly', 'run_eagerly', 'jitCompile', 'jit_compile'];

const ADVICE: Readonly<Record<string, string>> = {
  lossWeights: 'give them to fit: fit(model, x, y, { lossWeights })',
  weightedMetrics: 'give them to fit: fit(model, x, y, { weightedMetrics })',
  stepsPerExecution: 'give it to fit: fit(model, x, y, { stepsPerExecution })',
  targetTensors: 'give the targets to fit as y',
};

/** tfjs ignores them without a word, and the training would be another one than was asked for. */
function checkArguments(ignored: readonly string[], given: CompileOptions): void {
  for (const argument of ignored) {
    const name = argument.replaceAll(/_(.)/g, (_, letter: string) => letter.toUpperCase());
    if (HARMLESS.includes(argument) || given[name as keyof CompileOptions] !== undefined) continue;
    throw new KeepfitError(
      'KEEPFIT_INVALID_OPTION',
      `model.compile was given ${argument}, which tfjs ignores: it reads optimizer, loss and metrics; ${ADVICE[name] ?? 'leave it out'}`,
    );
  }
}
