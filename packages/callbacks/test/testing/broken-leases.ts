import { checkKey } from '../../src/checks/check-key.js';
import { collect, conflict, locked, type Overrides, replace, tick, unlocked } from './world-store.js';

const BLOCKED = 'locks: a holder that is blocked keeps its lock, or can write no more';
const SUSPENDED = 'locks: a holder that is suspended for a month keeps its lock, or can write no more';

interface Lease {
  at: number;
}

/** What a store with a lease keeps wrong. */
interface LeaseOptions {
  /** In ms. */
  readonly age: number;
  /** Waits for a round trip before it looks at the lease. */
  readonly isSlow?: boolean;
  /** The calls that see whether the lease is still its own. */
  readonly checks?: readonly ('set' | 'delete')[];
  /** A timer takes the lease back when the holder wakes up. */
  readonly takesBack?: boolean;
}

/** A store whose lock passes to another holder if a timer does not renew it. */
export function withLease({ age, isSlow, checks = [], takesBack }: LeaseOptions): Overrides {
  return (world, good) => {
    const mine = new Map<string, Lease>();
    const check = (key: string): void => {
      const lease = mine.get(key);
      if (lease !== undefined && world.locks.get(key) !== lease) throw conflict();
    };
    return {
      async set(key, content, condition) {
        checkKey(key);
        const bytes = await collect(content);
        if (checks.includes('set')) check(key);
        return replace(world, key, bytes, condition);
      },
      async delete(key, condition) {
        if (checks.includes('delete')) check(key);
        return good.delete(key, condition);
      },
      async lock(key) {
        checkKey(key);
        if (isSlow) await tick();
        const found = world.locks.get(key) as Lease | undefined;
        if (found !== undefined && Date.now() - found.at < age) throw locked();
        const lease = { at: Date.now() };
        world.locks.set(key, lease);
        mine.set(key, lease);
        const timer = setInterval(() => {
          lease.at = Date.now();
          if (takesBack) world.locks.set(key, lease);
        }, age / 4);
        timer.unref();
        return {
          release: async () => {
            clearInterval(timer);
            if (world.locks.get(key) === lease) world.locks.delete(key);
            mine.delete(key);
          },
        };
      },
    };
  };
}

/** A store that frees each lock after so many ms, as one frees what a killed holder has left. */
const freedAfter =
  (ms: number): Overrides =>
  (world, good) => ({
    ...unlocked(world, good),
    async lock(key) {
      if (world.locks.has(checkKey(key))) throw locked();
      const holder = {};
      world.locks.set(key, holder);
      const free = (): void => void (world.locks.get(key) === holder && world.locks.delete(key));
      globalThis.setTimeout(free, ms).unref();
      return { release: async () => free() };
    },
  });

/** Stores whose lock passes to another although its holder can write, with the test that finds each. */
export const BROKEN_LEASES: [defect: string, test: string, overrides: Overrides][] = [
  ['gives the lock away after 200 ms without a timer', BLOCKED, withLease({ age: 200 })],
  ['gives it away so, and asks a service first', BLOCKED, withLease({ age: 200, isSlow: true })],
  ['gives the lock away after 30 s without a timer', SUSPENDED, withLease({ age: 30_000 })],
  ['frees the lock 200 ms after it was taken', BLOCKED, freedAfter(200)],
  ['frees the lock 30 s after it was taken', SUSPENDED, freedAfter(30_000)],
  ['gives the lock away after a day without a timer', SUSPENDED, withLease({ age: 24 * 3_600_000 })],
  ['then refuses sets but no deletes', SUSPENDED, withLease({ age: 30_000, checks: ['set'] })],
  ['then refuses deletes but no sets', SUSPENDED, withLease({ age: 30_000, checks: ['delete'] })],
  [
    'takes the lock back when it wakes up',
    BLOCKED,
    withLease({ age: 200, checks: ['set', 'delete'], takesBack: true }),
  ],
  [
    'gives the lock away when the clock is set back',
    'locks: a holder that is blocked, and the clock is set back by a month keeps its lock, or can write no more',
    (world, good) => ({
      ...unlocked(world, good),
      async lock(key) {
        const found = world.locks.get(checkKey(key)) as Lease | undefined;
        if (found !== undefined && Date.now() >= found.at) throw locked();
        const lease = { at: Date.now() };
        world.locks.set(key, lease);
        return { release: async () => void (world.locks.get(key) === lease && world.locks.delete(key)) };
      },
    }),
  ],
];
