import { KeepfitError, type StoreCondition } from '@keepfit/callbacks/store';
import type { Pointer } from './place.js';

/** The lock of a key, as the writes of its holder see it. */
export interface Fence {
  readonly holder: string;
  readonly term: number;
  /** Aborts when another holder is known. */
  readonly lost: AbortSignal;
  lose(): void;
  /** Renews the lease now, and creates it again if somebody has deleted it. */
  renew(): Promise<void>;
}

/** Checks that the pointer accepts the writes of this lock, and holds the version that the caller wants. */
export function checkPointer(
  key: string,
  pointer: Pointer | undefined,
  fence: Fence | undefined,
  condition: StoreCondition | undefined,
): void {
  if (fence !== undefined && pointer !== undefined && pointer.holder !== fence.holder) fence.lose();
  if (fence?.lost.aborted) {
    throw createConflictError(
      `somebody has taken the lock of ${JSON.stringify(key)} from this training, so nothing was changed; let one training at a time use it`,
    );
  }
  const found = pointer?.object ?? null;
  if (condition !== undefined && condition.replaces !== found) {
    throw createConflictError(
      `${JSON.stringify(key)} is at version ${found}, not ${condition.replaces}: another writer came first; give each training its own name`,
    );
  }
}

function createConflictError(message: string): KeepfitError {
  return new KeepfitError('KEEPFIT_STORE_CONFLICT', message);
}
