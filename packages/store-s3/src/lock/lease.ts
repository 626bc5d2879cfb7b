import { timers } from '@keepfit/callbacks/internal';
import { KeepfitError } from '@keepfit/callbacks/store';
import { createId } from '../client/create-id.js';
import { LEASE, type Place, readPointer } from '../checkpoint/place.js';
import type { TaggedRecord } from '../client/records.js';

/** What `lease` of a key says: who holds its lock. */
export interface Lease {
  readonly holder: string;
  readonly term: number;
  /** In ms: its holder is gone if it renews the lease no more for so long. */
  readonly ttl: number;
  readonly isReleased: boolean;
}

/** How often the lease of another is read, in each of its times to live. */
const LOOKS = 8;

/**
 * Takes the lease of a key: at once if it is free, or after its holder has not renewed it for a whole time to live
 * of the clock of this machine. No clocks are compared.
 *
 * @throws KEEPFIT_STORE_LOCKED when the holder renews it, or another takes it first.
 */
export async function takeLease(place: Place, ttl: number): Promise<TaggedRecord<Lease>> {
  const { records, folder, key } = place;
  const seen = await records.read<Lease>(folder + LEASE);
  if (seen !== undefined && !seen.value.isReleased) await watchLease(place, seen);
  // Beyond that of the pointer too, if somebody has deleted the lease.
  const term = Math.max(seen?.value.term ?? 0, (await readPointer(place))?.value.term ?? 0) + 1;
  const lease = { holder: createId(), term, ttl, isReleased: false };
  const taken = await records.swap(folder + LEASE, lease, seen);
  if (taken === undefined) throw createLockedError(key, 'another trainer has just taken it');
  return taken;
}

/** Resolves when nobody has renewed the lease for its whole time to live. */
async function watchLease({ records, folder, key }: Place, seen: TaggedRecord<Lease>): Promise<void> {
  const { ttl } = seen.value;
  // Counts looks, not time: a computer that wakes up has not looked while it slept, and its holder may sleep too.
  for (let look = 0; look < LOOKS; look++) {
    await new Promise<void>((resolve) => void timers.setTimeout(resolve, ttl / LOOKS));
    const now = await records.read<Lease>(folder + LEASE);
    if (now === undefined || now.tag !== seen.tag)
      throw createLockedError(key, 'a trainer renews its lease, so it still runs');
  }
}

export function createLockedError(key: string, why: string): KeepfitError {
  return new KeepfitError(
    'KEEPFIT_STORE_LOCKED',
    `${JSON.stringify(key)} is in use: ${why}. Wait until it ends, or give each training its own prefix or name`,
  );
}
