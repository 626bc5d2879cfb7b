import type { StoreLock } from '@keepfit/callbacks/store';
import type { Fence } from '../checkpoint/fence.js';
import { LEASE, type Place } from '../checkpoint/place.js';
import type { TaggedRecord } from '../client/records.js';
import type { Lease } from './lease.js';
import type { LeaseKeeper, TakenLease } from './lease-keeper.js';

/** Starts to renew a lease: in this thread or in another. */
export type KeepLease = (lease: TakenLease, losing: AbortController) => LeaseKeeper | Promise<LeaseKeeper>;

/** A lock whose lease is renewed until it is released or lost. */
export interface HeldLock extends StoreLock, Fence {
  readonly lost: AbortSignal;
}

export async function holdLock(
  { folder, records }: Place,
  taken: TaggedRecord<Lease>,
  keep: KeepLease,
): Promise<HeldLock> {
  const { holder, term } = taken.value;
  const lease = { name: folder + LEASE, taken };
  const losing = new AbortController();
  try {
    const { renew, release } = await keep(lease, losing);
    return { holder, term, lost: losing.signal, lose: () => losing.abort(), renew, release };
  } catch (error) {
    await records.swap(lease.name, { ...taken.value, isReleased: true }, taken).catch(() => undefined);
    throw error;
  }
}
