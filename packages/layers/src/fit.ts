import type { History } from '@keepfit/callbacks';
import type { Arrays, BatchData, FitOptions } from '@keepfit/fit';
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
 * Trains a compiled tfjs-layers model, instead of `model.fit`. It takes all of Keras' callbacks; with
 * `BackupAndRestore`, a killed run continues bit for bit.
 *
 * ```ts
 * model.compile({ optimizer: 'adam', loss: 'categoricalCrossentropy', metrics: ['accuracy'] });
 * const history = await fit(model, x, y, { epochs: 10, callbacks: [new BackupAndRestore(fsStore('runs/digits/backup'))] });
 * ```
 *
 * See `Trainer.fit` of `@keepfit/fit` for the result and the errors.
 */
export async function fit(
  model: LayersModel,
  x: Arrays | BatchData,
  y?: Arrays,
  options: LayersFitOptions = {},
): Promise<History> {
  const { stepsPerExecution, ...fitOptions } = options;
  return getTrainer(model, stepsPerExecution === undefined ? {} : { stepsPerExecution }).fit(
    x,
    y,
    fitOptions,
  );
}
