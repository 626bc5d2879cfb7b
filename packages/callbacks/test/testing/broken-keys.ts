import type { CheckpointStore } from '../../src/contract/checkpoint-store.js';
import { checkKey } from '../../src/checks/check-key.js';
import { type Overrides, tick, type World } from './world-store.js';

/** Lists for the stores below, which keep an index of their keys beside the data. */
const indexes = new WeakMap<World, string[]>();

const readIndex = async (world: World): Promise<string[]> => {
  const index = [...(indexes.get(world) ?? [])];
  await tick();
  return index;
};

function isRefused(key: string): boolean {
  try {
    checkKey(key);
    return false;
  } catch {
    return true;
  }
}

/** Stores that lose, hide or invent keys, with the test that finds each. */
export const BROKEN_KEYS: [defect: string, test: string, overrides: Overrides][] = [
  [
    'takes every failure of get for an absence',
    'names: "../a" is refused or safe',
    (_, good) => ({ get: (key) => good.get(key).catch(() => undefined) }),
  ],
  [
    'takes every failure of delete for an absence',
    'names: "a/b" is refused or safe',
    (_, good) => ({ delete: (key) => good.delete(key).catch(() => undefined) }),
  ],
  [
    'locks keys that it refuses to store',
    'names: "é" is refused or safe',
    (_, good) => ({
      lock: async (key) =>
        isRefused(key) ? { release: async () => undefined } : (good as Required<CheckpointStore>).lock(key),
    }),
  ],
  [
    'throws outside the promise',
    'names: "A" is refused or safe',
    (_, good) => ({ get: (key) => good.get(checkKey(key)) }),
  ],
  [
    'rejects with a text',
    'names: "A" is refused or safe',
    (_, good) => ({
      get: async (key) => (isRefused(key) ? Promise.reject('bad key' as unknown as Error) : good.get(key)),
    }),
  ],
  [
    'takes upper case for lower case',
    'names: "A" is refused or safe',
    (_, good) => ({
      get: (key) => good.get(key.toLowerCase()),
      set: (key, content, condition) => good.set(key.toLowerCase(), content, condition),
    }),
  ],
  [
    'lists temp entries while a set runs',
    'keys: lists nothing of a first set that runs, and misses nothing',
    (world, good) => {
      const temps = new Set<string>();
      return {
        async set(key, content, condition) {
          temps.add(`${key}.tmp`);
          return good.set(key, content, condition).finally(() => temps.delete(`${key}.tmp`));
        },
        keys: async () => [...world.data.keys(), ...temps],
      };
    },
  ],
  [
    'lists a key when its first set begins',
    'keys: lists nothing of a first set that runs, and misses nothing',
    (world, good) => {
      const begun = new Set<string>();
      return {
        async set(key, content, condition) {
          begun.add(key);
          return good.set(key, content, condition).finally(() => begun.delete(key));
        },
        keys: async () => [...new Set([...world.data.keys(), ...begun])],
      };
    },
  ],
  [
    'lists no key while it is replaced',
    'keys: lists nothing of a replacement that runs, and misses nothing',
    (world, good) => {
      const busy = new Set<string>();
      return {
        async set(key, content, condition) {
          busy.add(key);
          return good.set(key, content, condition).finally(() => busy.delete(key));
        },
        keys: async () => [...world.data.keys()].filter((key) => !busy.has(key)),
      };
    },
  ],
  [
    'writes its list of keys back after it was read',
    'keys: of sets of several keys at once, none is lost',
    (world, good) => ({
      async set(key, content, condition) {
        const version = await good.set(key, content, condition);
        const index = await readIndex(world);
        indexes.set(world, [...new Set([...index, key])]);
        return version;
      },
      async delete(key, condition) {
        await good.delete(key, condition);
        indexes.set(
          world,
          (indexes.get(world) ?? []).filter((one) => one !== key),
        );
      },
      keys: async () => [...(indexes.get(world) ?? [])],
    }),
  ],
  [
    'writes its list of keys back in a delete',
    'keys: of sets and deletes of several keys at once, none is lost',
    (world, good) => ({
      async set(key, content, condition) {
        const version = await good.set(key, content, condition);
        indexes.set(world, [...new Set([...(indexes.get(world) ?? []), key])]);
        return version;
      },
      async delete(key, condition) {
        await good.delete(key, condition);
        const index = await readIndex(world);
        indexes.set(
          world,
          index.filter((one) => one !== key),
        );
      },
      keys: async () => [...(indexes.get(world) ?? [])],
    }),
  ],
  [
    'lists one page of 1,000 keys',
    'keys: lists all of 2500 keys, each once',
    (world) => ({ keys: async () => [...world.data.keys()].slice(0, 1000) }),
  ],
  [
    'lists the first key of each page twice',
    'keys: lists all of 2500 keys, each once',
    (world) => ({
      keys: async () =>
        [...world.data.keys()].flatMap((key, index) => (index % 1000 === 999 ? [key, key] : [key])),
    }),
  ],
  [
    'hands out its own list',
    'keys: the caller owns the list',
    (world, good) => {
      let list: string[] = [];
      return {
        async set(key, content, condition) {
          const version = await good.set(key, content, condition);
          list = [...world.data.keys()];
          return version;
        },
        async delete(key, condition) {
          await good.delete(key, condition);
          if (list.includes(key)) list.splice(list.indexOf(key), 1);
        },
        keys: async () => list,
      };
    },
  ],
  [
    'remembers its list of keys',
    'replace: a reader sees at once what another has stored or deleted',
    (_, good) => {
      let list: string[] | undefined;
      return {
        async set(key, content, condition) {
          list = undefined;
          return good.set(key, content, condition);
        },
        async delete(key, condition) {
          list = undefined;
          return good.delete(key, condition);
        },
        keys: async () => [...(list ??= await good.keys())],
      };
    },
  ],
  [
    'deletes by a pattern',
    'delete: removes its key and no other',
    (world, good) => ({
      async delete(key, condition) {
        await good.delete(key, condition);
        const pattern = new RegExp(`^${key}.$`);
        for (const other of [...world.data.keys()]) if (pattern.test(other)) world.data.delete(other);
      },
    }),
  ],
  [
    'leaves a failure that nobody handles',
    'hygiene: a failed call leaves no failure that nobody handles',
    (_, good) => ({
      set(key, content, condition) {
        const setting = good.set(key, content, condition);
        void setting.then(() => undefined);
        return setting;
      },
    }),
  ],
  ['has no name that a message could show', 'supports: is what was claimed', () => ({ name: '' })],
];
