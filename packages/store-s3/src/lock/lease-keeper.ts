import { timers } from '@keepfit/callbacks/internal';
import type { Records, TaggedRecord } from '../client/records.js';
import type { Lease } from './lease.js';

/** Renewals in each time to live. */
const RENEWALS = 3;

/** Renews a lease until it is released or lost. */
export interface LeaseKeeper {
  /** Renews the lease now, and creates it again if somebody has deleted it. */
  renew(): Promise<void>;
  /** Writes that nobody holds it any more. */
  release(): Promise<void>;
}

/** A taken lease, and the name of its object. */
export interface TakenLease {
  readonly name: string;
  readonly taken: TaggedRecord<Lease>;
}

/**
 * Renews a lease by the timers of this thread.
 *
 * @param losing Aborted when another has the lease. Once it is, the keeper does nothing any more.
 */
export function keepLease(
  records: Records,
  { name, taken }: TakenLease,
  losing: AbortController,
): LeaseKeeper {
  const { holder, term, ttl } = taken.value;
  let current: TaggedRecord<Lease> | undefined = taken;
  let isReleased = false;
  let timer: ReturnType<typeof timers.setTimeout> | undefined;
  let running = Promise.resolve();
  let releasing: Promise<void> | undefined;

  async function writeLease(): Promise<void> {
    if (losing.signal.aborted) return;
    const lease = { holder, term, ttl, isReleased };
    const next = await records.swap(name, lease, current);
    if (next !== undefined) {
      current = next;
      return;
    }
    const now = await records.read<Lease>(name);
    if (now !== undefined && now.value.holder !== holder) return losing.abort();
    // Somebody has deleted it, or an earlier renewal arrived whose answer was lost.
    current = now;
    await records.swap(name, lease, current).then((again) => void (current = again ?? current));
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
    renew,
    release() {
      isReleased = true;
      timers.clearTimeout(timer);
      releasing ??= renew();
      return releasing;
    },
  };
}
