import type { CheckpointStore } from '../contract/checkpoint-store.js';
import { KeepfitError } from '../contract/keepfit-error.js';

/** @throws KEEPFIT_STORE_FULL when a checkpoint of this size exceeds the limit of the store. */
export function checkRoom({ supports: { maxBytes = Infinity } }: CheckpointStore, byteLength: number): void {
  if (byteLength <= maxBytes) return;
  const message = `the checkpoint has ${byteLength} bytes, but the store takes at most ${maxBytes}; use another store`;
  throw new KeepfitError('KEEPFIT_STORE_FULL', message);
}
