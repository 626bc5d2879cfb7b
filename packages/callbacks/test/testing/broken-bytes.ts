import { checkKey } from '../../src/checks/check-key.js';
import type { CheckpointStore, StoredCheckpoint } from '../../src/contract/checkpoint-store.js';
import { checkCondition, collect, type Overrides, replace, tick, type World } from './world-store.js';

const MIB = 2 ** 20;

/** Stores that break a rule of get and set unless somebody looks closely, with the test that finds each. */
export const BROKEN_BYTES: [defect: string, test: string, overrides: Overrides][] = [
  [
    'hands out its cached bytes from the third get on',
    'bytes: the caller of get owns what it got',
    (_, good) => {
      const cached = new Map<string, { bytes: Uint8Array; count: number }>();
      return {
        async get(key) {
          const found = await good.get(key);
          if (found === undefined) return undefined;
          const entry = cached.get(found.version) ?? { bytes: found.bytes.slice(), count: 0 };
          cached.set(found.version, entry);
          entry.count += 1;
          return entry.count > 2 ? { ...found, bytes: entry.bytes } : found;
        },
      };
    },
  ],
  [
    'hands out the bytes of the last set of its own',
    'bytes: the caller of get owns what it got',
    (world, good) => {
      const own = new Map<string, StoredCheckpoint>();
      return {
        async set(key, content, condition) {
          const version = await good.set(key, content, condition);
          own.set(key, { bytes: world.data.get(key)?.bytes ?? new Uint8Array(), version });
          return version;
        },
        async get(key) {
          const found = await good.get(key);
          return found?.version === own.get(key)?.version ? own.get(key) : found;
        },
      };
    },
  ],
  [
    'gives callers that get at once one result',
    'bytes: callers that get at once each own what they got',
    (_, good) => {
      const running = new Map<string, ReturnType<CheckpointStore['get']>>();
      return {
        get(key) {
          const found = running.get(key) ?? good.get(key).finally(() => running.delete(key));
          running.set(key, found);
          return found;
        },
      };
    },
  ],
  [
    'takes 0 bytes for a delete',
    'bytes: keeps 0 bytes in one empty chunk, also in place of more',
    (world, good) => ({
      async set(key, content, condition) {
        const version = await good.set(key, content, condition);
        if (content.byteLength === 0) world.data.delete(key);
        return version;
      },
    }),
  ],
  [
    'ignores what comes after the announced bytes',
    'replace: a set of a chunk more than announced rejects and leaves the old bytes',
    (world) => ({
      async set(key, { byteLength, chunks }, condition) {
        checkKey(key);
        const bytes = new Uint8Array(byteLength);
        let length = 0;
        for await (const chunk of chunks) {
          bytes.set(chunk.subarray(0, Math.max(0, byteLength - length)), Math.min(length, byteLength));
          length += chunk.length;
        }
        if (length < byteLength) throw new Error('too few');
        return replace(world, key, bytes, condition);
      },
    }),
  ],
  [
    'takes a content without chunks for zeros',
    'replace: a first set without the announced chunks leaves nothing',
    (world, good) => ({
      async set(key, content, condition) {
        let count = 0;
        for await (const chunk of content.chunks) count += chunk.length;
        if (count > 0) return good.set(key, content, condition);
        return replace(world, checkKey(key), new Uint8Array(content.byteLength), condition);
      },
    }),
  ],
  [
    'serves reads from a cache that others do not renew',
    'replace: a reader sees at once what another has stored or deleted',
    (_, good) => {
      const cached = new Map<string, StoredCheckpoint>();
      return {
        async get(key) {
          const found = cached.get(key) ?? (await good.get(key));
          if (found !== undefined) cached.set(key, found);
          return found && { ...found, bytes: found.bytes.slice() };
        },
        async set(key, content, condition) {
          cached.delete(key);
          return good.set(key, content, condition);
        },
        async delete(key, condition) {
          cached.delete(key);
          return good.delete(key, condition);
        },
      };
    },
  ],
  [
    'resolves set before others can read it',
    'replace: a reader sees at once what another has stored or deleted',
    (world, good) => {
      const mine = new Map<string, StoredCheckpoint>();
      return {
        async set(key, content, condition) {
          checkKey(key);
          const bytes = await collect(content);
          checkCondition(world, key, condition);
          const version = crypto.randomUUID();
          mine.set(key, { bytes, version });
          void tick().then(() => world.data.set(key, { bytes, version }));
          return version;
        },
        async get(key) {
          const found = mine.get(key) ?? (await good.get(key));
          return found && { ...found, bytes: found.bytes.slice() };
        },
      };
    },
  ],
  ...[4096, 65_536, MIB].map((row): [string, string, Overrides] => [
    `joins rows of ${row} bytes without a snapshot`,
    `replace: readers beside sets of ${row > 65_536 ? 2_300_000 : 70_000} bytes never see a mixture`,
    (world) => ({
      get: (key) => readRows(world, key, row, async () => undefined),
    }),
  ]),
  [
    'joins rows without a snapshot, with a turn of the event loop for each',
    'replace: readers beside sets of 9000 bytes never see a mixture',
    (world) => ({ get: (key) => readRows(world, key, 4096, tick) }),
  ],
  [
    'reads the version before the bytes',
    'replace: readers beside sets of 9000 bytes never see a mixture',
    (world) => ({
      async get(key) {
        const { version } = world.data.get(checkKey(key)) ?? {};
        await tick();
        const bytes = world.data.get(key)?.bytes.slice();
        return version === undefined || bytes === undefined ? undefined : { bytes, version };
      },
    }),
  ],
  [
    'deletes row by row',
    'replace: readers beside deletes see the whole bytes, or none',
    (world, good) => ({
      async delete(key, condition) {
        const found = world.data.get(key);
        if (found === undefined) return good.delete(key, condition);
        checkCondition(world, key, condition);
        world.data.set(key, { ...found, bytes: found.bytes.slice(0, 4096) });
        await tick();
        world.data.delete(key);
      },
    }),
  ],
  [
    'collects two sets of one key in one temp entry',
    'replace: of several sets at once one whole content remains, with its version',
    (world) => ({
      async set(key, { byteLength, chunks }, condition) {
        checkKey(key);
        const temp = `${key}.tmp`;
        world.temps.set(temp, []);
        let length = 0;
        for await (const chunk of chunks) {
          world.temps.get(temp)?.push(chunk.slice());
          length += chunk.length;
        }
        if (length !== byteLength) throw new Error('another length was announced');
        return replace(world, key, new Uint8Array(Buffer.concat(world.temps.get(temp) ?? [])), condition);
      },
    }),
  ],
  [
    'gives the version that is stored a moment later',
    'versions: contents stored at once have different versions',
    (world, good) => ({
      async set(key, content, condition) {
        const version = await good.set(key, content, condition);
        await tick();
        return world.data.get(key)?.version ?? version;
      },
    }),
  ],
  [
    'forgets to create its folder again',
    'replace: a set creates again what was wiped',
    (world, good) => ({
      async set(key, content, condition) {
        if (!world.hasFolder) throw new Error('ENOENT');
        return good.set(key, content, condition);
      },
    }),
  ],
];

async function readRows(
  world: World,
  key: string,
  length: number,
  wait: () => Promise<void>,
): Promise<StoredCheckpoint | undefined> {
  const head = world.data.get(checkKey(key));
  if (head === undefined) return undefined;
  const bytes = new Uint8Array(head.bytes.length);
  for (let start = 0; start < bytes.length; start += length) {
    const row = world.data.get(key)?.bytes.slice(start, Math.min(start + length, bytes.length));
    await wait();
    if (row === undefined) break;
    bytes.set(row, start);
  }
  return { bytes, version: head.version };
}
