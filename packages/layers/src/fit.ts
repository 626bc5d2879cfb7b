import type { History } from '@keepfit/callbacks';
import type { Arrays, BatchData, FitArguments, FitOptions, FreeFitOptions } from '@keepfit/fit';
import { nameArguments } from '@keepfit/fit/internal';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { hasOwnStep, splitOptions, type TrainerChoices } from './compile-options.js';
import { getTrainer, trainsByOwnStep } from './get-trainer.js';

/**
 * The options of `fit`, and those of `compile` or a step of your own, which win over `model.compile`: see
 * `getTrainer`.
 */
export interface LayersFitOptions extends FitOptions, TrainerChoices {}

/** The options of a fit by a step of your own. */
export type OwnStepFitOptions = Omit<LayersFitOptions, 'validationData'> &
  Pick<FreeFitOptions, 'validationData'> &
  (
    | { readonly phases: NonNullable<LayersFitOptions['phases']> }
    | { readonly trainStep: NonNullable<LayersFitOptions['trainStep']> }
  );

/**
 * Trains a tfjs-layers model on batches, instead of `model.fitDataset`: those of a dataset, of a
 * factory, or from any batch on.
 *
 * ```ts
 * const history = await fit(model, dataset, { epochs: 10 });
 * ```
 *
 * See `Trainer.fit` of `@keepfit/fit` for the result and the errors.
 */
export function fit(model: LayersModel, x: BatchData, options?: LayersFitOptions): Promise<History>;
/**
 * Trains a tfjs-layers model on arrays, instead of `model.fit`. It takes all of Keras' callbacks;
 * with `BackupAndRestore`, a killed run continues bit for bit.
 *
 * ```ts
 * model.compile({ optimizer: 'adam', loss: 'categoricalCrossentropy', metrics: ['accuracy'] });
 * const history = await fit(model, x, y, { epochs: 10, callbacks: new BackupAndRestore(fsStore('runs/digits/backup')) });
 * ```
 *
 * Instead of compiling the model, you may give the optimizer, the loss and the metrics, by any of Keras' names:
 *
 * ```ts
 * await fit(model, x, y, { epochs: 10, optimizer: 'adam', loss: 'huber', metrics: ['auc'] });
 * ```
 *
 * See `Trainer.fit` of `@keepfit/fit` for the result and the errors.
 */
export function fit(model: LayersModel, x: Arrays, y: Arrays, options?: LayersFitOptions): Promise<History>;
/**
 * Trains a tfjs-layers model, which need not be compiled, by a step of your own on arrays without targets.
 *
 * ```ts
 * const phase = { name: 'pairs', optimizer: 'adam', loss: ({ x }, { training }) => contrast(model.apply(x, { training })) };
 * const history = await fit(model, x, { phases: [phase], epochs: 10 });
 * ```
 */
export function fit(model: LayersModel, x: Arrays, options: OwnStepFitOptions): Promise<History>;
/** Trains on what the arguments of another function were: batches, or arrays with targets. */
export function fit(model: LayersModel, ...data: FitArguments<LayersFitOptions>): Promise<History>;
export async function fit(
  model: LayersModel,
  ...data: FitArguments<LayersFitOptions> | readonly [x: Arrays, options: OwnStepFitOptions]
): Promise<History> {
  const isFree = data.some((argument) => hasOwnStep(argument)) || trainsByOwnStep(model);
  const { x, y, options } = nameArguments<LayersFitOptions>(
    'fit',
    data as FitArguments<LayersFitOptions>,
    isFree,
  );
  const [choices, fitOptions] = splitOptions<FitOptions>('fit', options);
  const trainer = getTrainer(model, choices);
  return trainer.fit(...([x, ...(y === undefined ? [] : [y]), fitOptions] as unknown as FitArguments));
}
