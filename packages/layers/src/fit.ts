import type { History } from '@keepfit/callbacks';
import type { Arrays, BatchData, FitArguments, FitOptions, FreeFitOptions } from '@keepfit/fit';
import { nameArguments } from '@keepfit/fit/internal';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { getTrainer, type OwnStepChoices, type TrainerChoices } from './get-trainer.js';

/** The options of a fit by a step of your own. */
export type OwnStepFitOptions = Omit<LayersFitOptions, 'validationData'> &
  Pick<FreeFitOptions, 'validationData'> &
  (
    | { readonly phases: NonNullable<LayersFitOptions['phases']> }
    | { readonly trainStep: NonNullable<LayersFitOptions['trainStep']> }
  );

export interface LayersFitOptions extends FitOptions, Partial<OwnStepChoices> {
  /**
   * How many batches are trained between two calls of the batch hooks. More saves time if steps are tiny.
   *
   * @default the value of the model's last fit, at first 1
   */
  readonly stepsPerExecution?: number;
}

/**
 * Trains a compiled tfjs-layers model on batches, instead of `model.fitDataset`: those of a dataset, of a
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
 * Trains a compiled tfjs-layers model on arrays, instead of `model.fit`. It takes all of Keras' callbacks;
 * with `BackupAndRestore`, a killed run continues bit for bit.
 *
 * ```ts
 * model.compile({ optimizer: 'adam', loss: 'categoricalCrossentropy', metrics: ['accuracy'] });
 * const history = await fit(model, x, y, { epochs: 10, callbacks: new BackupAndRestore(fsStore('runs/digits/backup')) });
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
  const isFree = data.some((argument) => isOwnStep(argument));
  const { x, y, options } = nameArguments<LayersFitOptions>(
    'fit',
    data as FitArguments<LayersFitOptions>,
    isFree,
  );
  const { phases, optimizers, trainStep, testStep, stepsPerExecution, ...fitOptions }: LayersFitOptions =
    options;
  const given = { phases, optimizers, trainStep, testStep, stepsPerExecution };
  const trainer = getTrainer(model, withoutUndefined(given) as TrainerChoices);
  return trainer.fit(...([x, ...(y === undefined ? [] : [y]), fitOptions] as unknown as FitArguments));
}

function isOwnStep(argument: unknown): boolean {
  return (
    typeof argument === 'object' && argument !== null && ('phases' in argument || 'trainStep' in argument)
  );
}

function withoutUndefined(options: object): object {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}
