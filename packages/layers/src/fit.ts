import type { History } from '@keepfit/callbacks';
import type { Arrays, BatchData, FitArguments, FitOptions } from '@keepfit/fit';
import { nameArguments } from '@keepfit/fit/internal';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { getTrainer } from './get-trainer.js';

export interface LayersFitOptions extends FitOptions {
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
/** Trains on what the arguments of another function were: batches, or arrays with targets. */
export function fit(model: LayersModel, ...data: FitArguments<LayersFitOptions>): Promise<History>;
export async function fit(model: LayersModel, ...data: FitArguments<LayersFitOptions>): Promise<History> {
  const { x, y, options } = nameArguments('fit', data);
  const { stepsPerExecution, ...fitOptions }: LayersFitOptions = options;
  const trainer = getTrainer(model, stepsPerExecution === undefined ? {} : { stepsPerExecution });
  return y === undefined ? trainer.fit(x, fitOptions) : trainer.fit(x, y, fitOptions);
}
