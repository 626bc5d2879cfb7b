import type { CheckpointStore } from '../contract/checkpoint-store.js';
import { KeepfitError } from '../contract/keepfit-error.js';

/** @throws KEEPFIT_INVALID_OPTION where what `owner`, a callback, was given is no store. */
export function checkStore(owner: string, store: CheckpointStore): void {
  const { get, set, supports } = (store ?? {}) as Partial<CheckpointStore>;
  if (typeof get === 'function' && typeof set === 'function' && typeof supports === 'object') return;
  const message = `the store of ${owner} must be a CheckpointStore, such as memoryStore() or fsStore('runs/digits')`;
  throw new KeepfitError('KEEPFIT_INVALID_OPTION', message);
}
