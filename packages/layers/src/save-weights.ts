import type { CheckpointStore } from '@keepfit/callbacks';
import { saveWeights as saveFromModel } from '@keepfit/fit/internal';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { fromLayers } from './from-layers.js';

/**
 * Writes the weights that a tfjs-layers model, compiled or not, has at the call: see `Trainer.saveWeights` of
 * `@keepfit/fit`. `loadWeights` reads them.
 *
 * @throws KEEPFIT_INVALID_OPTION when it is no tfjs-layers model.
 */
export async function saveWeights(model: LayersModel, store: CheckpointStore, key: string): Promise<void> {
  return saveFromModel(fromLayers(model), store, key);
}
