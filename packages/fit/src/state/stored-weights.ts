import type { CheckpointStore, SavedTensor } from '@keepfit/callbacks';
import {
  checkOptions,
  formatCheckpoint,
  isBoolean,
  loadCheckpoint,
  saveCheckpoint,
} from '@keepfit/callbacks/internal';
import type { LoadedWeights, LoadWeightsOptions } from '../contract/loaded-weights.js';
import type { Model } from '../contract/model.js';
import type { HeldTensor } from './capture-tensor.js';
import { applyWeights } from './load-weights.js';
import { checkUnused, replacingWeights } from './model-use.js';
import { WEIGHTS } from './capture-training.js';

export { loadTraining } from './load-training.js';

/** See `Trainer.loadWeights`. */
export async function readIntoModel(
  model: Model,
  store: CheckpointStore,
  key: string,
  options: LoadWeightsOptions,
): Promise<LoadedWeights> {
  const caller = 'loadWeights';
  checkOptions(caller, options, { skipMismatch: [isBoolean, 'true or false'] });
  checkUnused(model, caller);
  const { key: found, training } = await loadCheckpoint(caller, store, key);
  const values = new Map<string, SavedTensor>();
  for (const [name, tensor] of training.tensors)
    if (name.startsWith(WEIGHTS)) values.set(name.slice(WEIGHTS.length), tensor);
  const source = formatCheckpoint(store, found);
  return replacingWeights(model, caller, () => applyWeights(model, values, { ...options, source }));
}

/** See `Trainer.saveWeights`. */
export function writeHeld(held: readonly HeldTensor[], store: CheckpointStore, key: string): Promise<void> {
  return saveCheckpoint('saveWeights', store, key, { entries: held, state: { content: 'weights' } });
}
