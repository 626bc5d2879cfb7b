import { type Place, readPointer, swapPointer } from '../checkpoint/place.js';
import { removeLeftovers } from '../checkpoint/remove-leftovers.js';
import { type HeldLock, holdLock, type KeepLease } from './held-lock.js';
import { createLockedError, takeLease } from './lease.js';

/**
 * Takes the lease of a key, then the fence: the pointer names the new holder, so that no write of a former one is
 * accepted, whether it knows or not. Then removes the remains of killed writers.
 *
 * @throws KEEPFIT_STORE_LOCKED when another trainer holds the lock.
 */
export async function acquireLock(place: Place, ttl: number, keep: KeepLease): Promise<HeldLock> {
  const lock = await holdLock(place, await takeLease(place, ttl), keep);
  try {
    await removeLeftovers(place, lock.holder, await raiseFence(place, lock));
    return lock;
  } catch (error) {
    await lock.release().catch(() => undefined);
    throw error;
  }
}

/** Resolves to the object that the pointer names. */
async function raiseFence(place: Place, { holder, term }: HeldLock): Promise<string | null> {
  for (;;) {
    const from = await readPointer(place);
    if (from !== undefined && from.value.term >= term)
      throw createLockedError(place.key, 'another trainer has taken it meanwhile');
    const { object = null, byteLength = 0 } = from?.value ?? {};
    if (await swapPointer(place, { object, byteLength, term, holder }, from)) return object;
  }
}
