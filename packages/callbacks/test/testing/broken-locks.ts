import type { CheckpointStore, StoreLock } from '../../src/contract/checkpoint-store.js';
import { checkKey } from '../../src/checks/check-key.js';
import {
  collect,
  conflict,
  locked,
  type Overrides,
  replace,
  tick,
  unlocked,
  type World,
} from './world-store.js';

const lockOf = (store: CheckpointStore): ((key: string) => Promise<StoreLock>) =>
  (store as Required<CheckpointStore>).lock;

/** A store whose release does more. */
function withRelease(effect: (world: World, key: string) => void): Overrides {
  return (world, good) => ({
    async lock(key) {
      const held = await lockOf(good)(key);
      return {
        release: async () => {
          await held.release();
          effect(world, key);
        },
      };
    },
  });
}

/** Stores whose locks lie, with the test that finds each. */
export const BROKEN_LOCKS: [defect: string, test: string, overrides: Overrides][] = [
  [
    'frees the second key of a pair',
    'locks: release of "backup" frees no other key',
    withRelease((world, key) => world.locks.delete(`${key}.2`)),
  ],
  [
    'frees the first key of a pair',
    'locks: release of "backup.2" frees no other key',
    withRelease((world, key) => world.locks.delete(key.replace(/\.2$/, ''))),
  ],
  [
    'frees all keys that begin alike',
    'locks: release of "b" frees no other key',
    withRelease((world, key) => {
      for (const other of [...world.locks.keys()]) if (other.startsWith(key)) world.locks.delete(other);
    }),
  ],
  [
    'frees the lock of the next holder at a second release',
    'locks: release frees only its own lock, however often',
    withRelease((world, key) => world.locks.delete(key)),
  ],
  [
    'gives one store object the lock again',
    'locks: a second holder is refused',
    (_, good) => {
      const mine = new Map<string, StoreLock>();
      return {
        async lock(key) {
          const held = mine.get(key) ?? (await lockOf(good)(key));
          mine.set(key, held);
          return { release: () => held.release().finally(() => mine.delete(key)) };
        },
      };
    },
  ],
  [
    'looks for a holder, and locks a moment later',
    'locks: of several takers at once, one gets it',
    (world, good) => ({
      ...unlocked(world, good),
      async lock(key) {
        if (world.locks.has(checkKey(key))) throw locked();
        await tick();
        const holder = {};
        world.locks.set(key, holder);
        return { release: async () => void (world.locks.get(key) === holder && world.locks.delete(key)) };
      },
    }),
  ],
  [
    'locks for its own process only',
    'locks: a second holder is refused',
    (world, good) => {
      const mine = new Set<string>();
      return {
        ...unlocked(world, good),
        async lock(key) {
          if (mine.has(checkKey(key))) throw locked();
          mine.add(key);
          return { release: async () => void mine.delete(key) };
        },
      };
    },
  ],
  [
    'frees the lock by a delete',
    'locks: a set or a delete keeps the lock',
    (world, good) => ({
      ...unlocked(world, good),
      async delete(key) {
        world.data.delete(checkKey(key));
        world.locks.delete(key);
      },
    }),
  ],
  [
    'refuses writers without a lock',
    'locks: who holds no lock can get, set and delete',
    (world, good) => {
      const mine = new Set<string>();
      return {
        async lock(key) {
          const held = await lockOf(good)(key);
          mine.add(key);
          return { release: () => held.release().finally(() => mine.delete(key)) };
        },
        set: async (key, content, condition) =>
          world.locks.has(key) && !mine.has(key)
            ? Promise.reject(locked())
            : good.set(key, content, condition),
      };
    },
  ],
  [
    'refuses to write after a release',
    'locks: who holds no lock can get, set and delete',
    (_, good) => {
      const released = new Set<string>();
      return {
        async lock(key) {
          const held = await lockOf(good)(key);
          released.delete(key);
          return { release: () => held.release().finally(() => released.add(key)) };
        },
        set: async (key, content, condition) =>
          released.has(key) ? Promise.reject(conflict()) : good.set(key, content, condition),
      };
    },
  ],
  [
    'refuses to write again what was deleted under its lock',
    'locks: a checkpoint deleted under a lock can be written again',
    (world, good) => {
      const written = new Set<string>();
      return {
        async set(key, content, condition) {
          if (world.locks.has(key) && written.has(key) && !world.data.has(key)) throw conflict();
          const version = await good.set(key, content, condition);
          written.add(key);
          return version;
        },
        async delete(key, condition) {
          written.delete(key);
          return good.delete(key, condition);
        },
      };
    },
  ],
  [
    'takes a deleted version for met under its lock',
    'locks: a checkpoint deleted under a lock can be written again',
    (world, good) => ({
      set: async (key, content, condition) =>
        good.set(key, content, world.locks.has(key) && !world.data.has(key) ? undefined : condition),
    }),
  ],
  [
    'keeps the lock in the folder that is deleted',
    'locks: a store wiped under a lock can be written again',
    (world, good) => ({
      ...unlocked(world, good),
      async lock(key) {
        if (!world.hasFolder) world.locks.delete(key);
        return lockOf(good)(key);
      },
    }),
  ],
  [
    'lets a holder write that has lost its lock',
    'locks: a holder that lost its lock can write no more, when another trains',
    unlocked,
  ],
  [
    'lets a holder revive a run that another has finished',
    'locks: a holder that lost its lock can write no more, when another has finished',
    (world, good) => ({
      set: async (key, content, condition) =>
        world.locks.has(key)
          ? good.set(key, content, condition)
          : replace(world, checkKey(key), await collect(content), condition),
    }),
  ],
  [
    'does not tell that the lock is lost',
    'locks: a holder that lost its lock can write no more, when another trains',
    (_, good) => ({
      lock: async (key) => ({ ...(await lockOf(good)(key)), lost: new AbortController().signal }),
    }),
  ],
  [
    'reports a held lock by a code of its own',
    'locks: a second holder is refused',
    (_, good) => ({
      lock: (key) =>
        lockOf(good)(key).catch((error: unknown) => {
          throw (error as { code?: string }).code === 'KEEPFIT_STORE_LOCKED' ? new Error('423') : error;
        }),
    }),
  ],
];
