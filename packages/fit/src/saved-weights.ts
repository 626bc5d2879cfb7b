import type { CheckpointStore } from '@keepfit/callbacks';
import type { LoadedWeights, LoadWeightsOptions } from './contract/loaded-weights.js';
import type { Model } from './contract/model.js';
import { loadOnDemand } from './load-on-demand.js';
import { captureWeights } from './state/capture-training.js';
import { checkAlive } from './state/model-use.js';
import type * as storedWeights from './state/stored-weights.js';

/** Gives a model the weights of a checkpoint: see `Trainer.loadWeights`. */
export async function loadWeights(
  model: Model,
  store: CheckpointStore,
  key: string,
  options: LoadWeightsOptions = {},
): Promise<LoadedWeights> {
  return (await loadStoredWeights()).readIntoModel(model, store, key, options);
}

/** Writes the weights that a model has at the call: see `Trainer.saveWeights`. */
export async function saveWeights(model: Model, store: CheckpointStore, key: string): Promise<void> {
  checkAlive(model, 'saveWeights');
  const held = captureWeights(model.weights);
  try {
    await (await loadStoredWeights()).writeHeld(held, store, key);
  } finally {
    for (const { dispose } of held) dispose();
  }
}

export function loadStoredWeights(): Promise<typeof storedWeights> {
  return loadOnDemand(
    () => import('./state/stored-weights.js'),
    'the code that loads and saves weights could not be loaded; serve every file of the build',
  );
}
