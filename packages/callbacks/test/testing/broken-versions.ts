import { checkKey } from '../../src/checks/check-key.js';
import { crc32 } from '../../src/format/crc32.js';
import {
  checkCondition,
  collect,
  conflict,
  type Overrides,
  replace,
  tick,
  type World,
} from './world-store.js';

const SIMILAR = 'versions: contents that differ little have different versions';

/** A store whose versions come from the bytes, or from a count. */
function withVersions(create: (world: World) => (bytes: Uint8Array, key: string) => string): Overrides {
  return (world) => {
    const getVersion = create(world);
    return {
      async set(key, content, condition) {
        const bytes = await collect(content);
        return replace(world, checkKey(key), bytes, condition, undefined, getVersion(bytes, key));
      },
    };
  };
}

const sum = (bytes: Uint8Array): number => bytes.reduce((total, byte) => total + byte, 0);

/** Stores whose versions repeat, or whose conditions are checked badly, with the test that finds each. */
export const BROKEN_VERSIONS: [defect: string, test: string, overrides: Overrides][] = [
  [
    'takes length and first bytes for a version',
    SIMILAR,
    withVersions(() => (bytes) => `${bytes.length} ${bytes.subarray(0, 64).join()}`),
  ],
  [
    'takes length and last bytes for a version',
    SIMILAR,
    withVersions(() => (bytes) => `${bytes.length} ${bytes.subarray(-64).join()}`),
  ],
  [
    'takes first and last bytes for a version',
    SIMILAR,
    withVersions(() => (bytes) => `${bytes.subarray(0, 4096).join()} ${bytes.subarray(-4096).join()}`),
  ],
  ['takes the sum of the bytes for a version', SIMILAR, withVersions(() => (bytes) => `${sum(bytes)}`)],
  ['takes the CRC-32 for a version', SIMILAR, withVersions(() => (bytes) => `${crc32(bytes)}`)],
  [
    'takes the time for a version',
    'versions: contents stored while the clock stands have different versions',
    withVersions(() => () => String(Date.now())),
  ],
  [
    'takes the time since the start and the length for a version',
    'versions: contents stored while the clock stands have different versions',
    withVersions(() => (bytes) => `${performance.now()} ${bytes.length}`),
  ],
  [
    'takes a short random number for a version',
    'replace: each content gets a version of its own',
    withVersions(() => {
      let state = 1;
      return () => String((state = (state * 75) % 65_537) % 1000);
    }),
  ],
  [
    'counts from 1 again when opened anew',
    'versions: none comes again after a delete, or when opened anew',
    withVersions(() => {
      let count = 0;
      return () => `${(count += 1)}`;
    }),
  ],
  [
    'counts from 1 again after a delete',
    'versions: none comes again after a delete, or when opened anew',
    withVersions((world) => (_, key) => String(Number(world.data.get(key)?.version ?? 0) + 1)),
  ],
  [
    'checks a condition, and replaces a moment later',
    'fencing: of two sets at once with one condition, one wins',
    (world) => ({
      async set(key, content, condition) {
        checkKey(key);
        const bytes = await collect(content);
        checkCondition(world, key, condition);
        await tick();
        return replace(world, key, bytes, undefined);
      },
    }),
  ],
  ...(['sets', 'first sets'] as const).map((sets): [string, string, Overrides] => [
    `checks the condition of ${sets}, and replaces a microtask later`,
    `fencing: of two ${sets} at once with one condition, one wins`,
    (world) => ({
      async set(key, content, condition) {
        checkKey(key);
        const bytes = await collect(content);
        checkCondition(world, key, condition);
        await undefined;
        return replace(world, key, bytes, undefined);
      },
    }),
  ]),
  [
    'lets only its own sets wait for each other',
    'fencing: of two first sets at once with one condition, one wins',
    (world) => {
      let last: Promise<unknown> = Promise.resolve();
      return {
        set(key, content, condition) {
          const run = async (): Promise<string> => {
            checkKey(key);
            const bytes = await collect(content);
            checkCondition(world, key, condition);
            await tick();
            return replace(world, key, bytes, undefined);
          };
          const setting = last.then(run, run);
          last = setting.catch(() => undefined);
          return setting;
        },
      };
    },
  ],
  [
    'compares a condition with the version that it has seen last',
    'fencing: what another has stored or deleted counts',
    (_, good) => {
      const seen = new Map<string, string>();
      return {
        async get(key) {
          const found = await good.get(key);
          if (found !== undefined) seen.set(key, found.version);
          return found;
        },
        async set(key, content, condition) {
          const known = seen.get(key) ?? null;
          if (condition !== undefined && condition.replaces !== known) throw conflict();
          const version = await good.set(key, content);
          seen.set(key, version);
          return version;
        },
        async delete(key) {
          seen.delete(key);
          return good.delete(key);
        },
      };
    },
  ],
  [
    'takes a condition of a deleted version for met',
    'fencing: a deleted version conflicts, null is met',
    (world, good) => ({
      set: async (key, content, condition) =>
        good.set(key, content, world.data.has(key) ? condition : undefined),
    }),
  ],
  [
    'takes null for no condition',
    'fencing: null conflicts with what is stored',
    (_, good) => ({
      set: (key, content, condition) =>
        good.set(key, content, condition?.replaces === null ? undefined : condition),
    }),
  ],
  [
    'reports a conflict by a code of its own',
    'fencing: an older version conflicts',
    (_, good) => ({
      set: (key, content, condition) =>
        good.set(key, content, condition).catch((error: unknown) => {
          throw (error as { code?: string }).code === 'KEEPFIT_STORE_CONFLICT' ? new Error('412') : error;
        }),
    }),
  ],
  [
    'ignores the condition of a delete',
    'delete: conflicts if another version is stored, and changes nothing',
    (_, good) => ({ delete: (key, _condition) => good.delete(key) }),
  ],
  [
    'takes null for no condition of a delete',
    'delete: conflicts if another version is stored, and changes nothing',
    (_, good) => ({
      delete: (key, condition) => good.delete(key, condition?.replaces === null ? undefined : condition),
    }),
  ],
  [
    'checks the condition of a delete, and deletes a moment later',
    'delete: of a set and a delete at once with one condition, one wins',
    (world) => ({
      async delete(key, condition) {
        checkKey(key);
        if (world.data.has(key)) checkCondition(world, key, condition);
        await tick();
        world.data.delete(key);
      },
    }),
  ],
  [
    'checks the condition of a delete, and deletes a microtask later',
    'delete: of a set and a delete at once with one condition, one wins',
    (world) => ({
      async delete(key, condition) {
        checkKey(key);
        if (world.data.has(key)) checkCondition(world, key, condition);
        await undefined;
        world.data.delete(key);
      },
    }),
  ],
  [
    'deletes before it reports the conflict',
    'delete: conflicts if another version is stored, and changes nothing',
    (world, good) => ({
      delete: (key, condition) => good.delete(key, condition).finally(() => world.data.delete(key)),
    }),
  ],
  [
    'refuses a delete if another came first',
    'delete: several at once of one key all resolve',
    (world) => ({
      async delete(key, condition) {
        const isThere = world.data.has(checkKey(key));
        if (isThere) checkCondition(world, key, condition);
        await tick();
        if (isThere && !world.data.delete(key)) throw new Error('ENOENT');
      },
    }),
  ],
];
