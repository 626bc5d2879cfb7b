import { timers } from '@keepfit/callbacks/internal';
import type { StoreLock } from '@keepfit/callbacks/store';
import type { Fence } from '../checkpoint/fence.js';
import { LEASE, type Place } from '../checkpoint/place.js';
import type { TaggedRecord } from '../client/records.js';
import type { Lease } from './lease.js';

/** Renewals in each time to live. */
const RENEWALS = 3;

/** A lock whose lease is renewed until it is released or lost. */
export interface HeldLock extends StoreLock, Fence {
  readonly lost: AbortSignal;
}

export function holdLock({ records, folder }: Place, taken: TaggedRecord<Lease>): HeldLock {
  const { holder, term, ttl } = taken.value;
  const losing = new AbortController();
  let current: TaggedRecord<Lease> | undefined = taken;
  let isReleased = false;
  let timer: ReturnType<typeof timers.setTimeout> | undefined;
  let running = Promise.resolve();
  let releasing: Promise<void> | undefined;

  async function writeLease(): Promise<void> {
    if (losing.signal.aborted) return;
    const lease = { holder, term, ttl, isReleased };
    const next = await records.swap(folder + LEASE, lease, current);
    if (next !== undefined) {
      current = next;
      return;
    }
    const now = await records.read<Lease>(folder + LEASE);
    if (now !== undefined && now.value.holder !== holder) return losing.abort();
    // Somebody has deleted it, or an earlier renewal arrived whose answer was lost.
    current = now;
    await records.swap(folder + LEASE, lease, current).then((again) => void (current = again ?? current));
  }

  function renew(): Promise<void> {
    running = running.catch(() => undefined).then(writeLease);
    return running;
  }

  function schedule(): void {
    timer = timers.setTimeout(() => {
      // If the server cannot be reached, the fence decides whose writes are accepted.
      void renew()
        .catch(() => undefined)
        .then(() => {
          if (!isReleased && !losing.signal.aborted) schedule();
        });
    }, ttl / RENEWALS);
    // A lock alone keeps no process alive.
    (timer as { unref?: () => void }).unref?.();
  }

  schedule();
  return {
    holder,
    term,
    lost: losing.signal,
    lose: () => losing.abort(),
    renew,
    release() {
      isReleased = true;
      timers.clearTimeout(timer);
      releasing ??= renew();
      return releasing;
    },
  };
}
