import type { CheckpointStore } from '@keepfit/callbacks';
import type { LoadedWeights, LoadWeightsOptions } from '@keepfit/fit';
import { loadWeights as loadIntoModel } from '@keepfit/fit/internal';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { fromLayers } from './from-layers.js';

/**
 * Gives a tfjs-layers model, compiled or not, the weights that `ModelCheckpoint`, `BackupAndRestore` or `saveWeights`
 * wrote: all, or none if one does not fit. See `Trainer.loadWeights` of `@keepfit/fit` for the errors.
 *
 * ```ts
 * const model = tf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape: [3] })] });
 * await loadWeights(model, fsStore('runs/digits/models'), 'best');
 * ```
 *
 * @throws KEEPFIT_INVALID_OPTION when it is no tfjs-layers model.
 * @throws KEEPFIT_INVALID_DATA when the model is not built yet and cannot be built.
 */
export async function loadWeights(
  model: LayersModel,
  store: CheckpointStore,
  key: string,
  options: LoadWeightsOptions = {},
): Promise<LoadedWeights> {
  return loadIntoModel(fromLayers(model), store, key, options);
}
