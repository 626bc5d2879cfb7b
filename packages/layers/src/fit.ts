import type { History } from '@keepfit/callbacks';
import type { Arrays, BatchData, FitArguments, FitOptions } from '@keepfit/fit';
import { nameArguments } from '@keepfit/fit/internal';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { type CompileOptions, splitOptions } from './compile-options.js';
import { getTrainer } from './get-trainer.js';

/** The options of `fit`, and those of `compile`, which win over `model.compile`: see `getTrainer`. */
export interface LayersFitOptions extends FitOptions, CompileOptions {}

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
/** Trains on what the arguments of another function were: batches, or arrays with targets. */
export function fit(model: LayersModel, ...data: FitArguments<LayersFitOptions>): Promise<History>;
export async function fit(model: LayersModel, ...data: FitArguments<LayersFitOptions>): Promise<History> {
  const { x, y, options } = nameArguments('fit', data);
  const [compile, fitOptions] = splitOptions<FitOptions>('fit', options);
  const trainer = getTrainer(model, compile);
  return y === undefined ? trainer.fit(x, fitOptions) : trainer.fit(x, y, fitOptions);
}
