import type { CheckpointStore } from './checkpoint-store.js';
import { KeepfitError } from './keepfit-error.js';

/** @throws KEEPFIT_STORE_FULL where a checkpoint of so many bytes is more than the store ever takes. */
export function checkRoom({ supports: { maxBytes = Infinity } }: CheckpointStore, byteLength: number): void {
  if (byteLength <= maxBytes) return;
  const message = `the checkpoint has ${byteLength} bytes and the store takes at most ${maxBytes}; use another store`;
  throw new KeepfitError('KEEPFIT_STORE_FULL', message);
}
