import type { History } from '@keepfit/callbacks';
import type { Arrays, BatchData, FitOptions } from '@keepfit/fit';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { trainerOf } from './trainer-of.js';

export interface LayersFitOptions extends FitOptions {
  /** Batches trained between two calls of the batch hooks. More saves time where steps are tiny. @default that of the model's last fit, 1 at first */
  stepsPerExecution?: number;
}

/**
 * Trains a compiled tfjs-layers model, in place of `model.fit`: with the whole of Keras' callbacks, and with `BackupAndRestore` so that a
 * run that is killed continues bit for bit.
 *
 * ```ts
 * model.compile({ optimizer: 'adam', loss: 'categoricalCrossentropy', metrics: ['accuracy'] });
 * const history = await fit(model, x, y, { epochs: 10, callbacks: [new BackupAndRestore(fsStore('runs/digits/backup'))] });
 * ```
 *
 * See `Trainer.fit` of `@keepfit/fit` for what it resolves to and what it throws.
 */
export async function fit(
  model: LayersModel,
  x: Arrays | BatchData,
  y?: Arrays,
  options: LayersFitOptions = {},
): Promise<History> {
  const { stepsPerExecution, ...fitOptions } = options;
  return trainerOf(model, stepsPerExecution === undefined ? {} : { stepsPerExecution }).fit(x, y, fitOptions);
}
