import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { checkKey } from '../../src/checks/check-key.js';
import type {
  CheckpointContent,
  CheckpointStore,
  StoreCondition,
  StoredCheckpoint,
  StoreLock,
} from '../../src/contract/checkpoint-store.js';
import { KeepfitError } from '../../src/contract/keepfit-error.js';
import type { StoreUnderTest } from '../../src/testing/index.js';

/** What lives outside the process: a service with its data and its locks. */
export interface World {
  readonly data: Map<string, StoredCheckpoint>;
  /** The holders, each of which is an object of its own. */
  readonly locks: Map<string, object>;
  /** Unfinished writes. */
  readonly temps: Map<string, Uint8Array[]>;
  /** False after the folder was deleted, until a store creates it. */
  hasFolder: boolean;
  createVersion(bytes: Uint8Array): string;
}

export type Overrides = (world: World, good: CheckpointStore) => Partial<CheckpointStore>;

export const newWorld = (): World => ({
  data: new Map(),
  locks: new Map(),
  temps: new Map(),
  hasFolder: true,
  createVersion: () => randomUUID(),
});

/** Waits for a round trip to the service. */
export const tick = (): Promise<void> => setTimeout(0);

export const conflict = (): KeepfitError => new KeepfitError('KEEPFIT_STORE_CONFLICT', 'another came first');
export const locked = (): KeepfitError => new KeepfitError('KEEPFIT_STORE_LOCKED', 'it is taken');

/**
 * A correct store over a service, with some of its methods replaced. A set or a delete of a store object
 * whose lock was taken away is refused.
 */
function worldStore(world: World, overrides: Overrides = () => ({})): CheckpointStore {
  const held = new Map<string, object>();
  const good: CheckpointStore = {
    supports: { durable: true, fencing: true, locking: true },
    async get(key) {
      checkKey(key);
      await tick();
      const found = world.data.get(key);
      return found && { bytes: found.bytes.slice(), version: found.version };
    },
    async set(key, content, condition) {
      checkKey(key);
      return replace(world, key, await collect(content), condition, held.get(key));
    },
    async delete(key, condition) {
      checkKey(key);
      checkHolder(world, key, held.get(key));
      if (condition !== undefined && world.data.has(key)) checkCondition(world, key, condition);
      world.data.delete(key);
    },
    keys: async () => [...world.data.keys()],
    async lock(key): Promise<StoreLock> {
      checkKey(key);
      if (world.locks.has(key)) throw locked();
      const holder = {};
      world.locks.set(key, holder);
      held.set(key, holder);
      return {
        release: async () => {
          if (held.get(key) === holder) held.delete(key);
          if (world.locks.get(key) === holder) world.locks.delete(key);
        },
      };
    },
  };
  return { ...good, ...overrides(world, good) };
}

/** A fresh world with two stores that open it, and all hooks. */
export function worldSubject(overrides?: Overrides, world = newWorld()): StoreUnderTest {
  return {
    store: worldStore(world, overrides),
    reopen: () => worldStore(world, overrides),
    wipe: () => {
      world.data.clear();
      world.hasFolder = false;
    },
    loseLock: (key) => void world.locks.delete(key),
  };
}

export async function collect({ byteLength, chunks }: CheckpointContent): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    parts.push(chunk.slice());
    length += chunk.length;
  }
  if (length !== byteLength)
    throw new KeepfitError('KEEPFIT_STORE_FAILED', `${length} bytes instead of ${byteLength}`);
  return new Uint8Array(Buffer.concat(parts));
}

export function checkCondition(world: World, key: string, condition: StoreCondition | undefined): void {
  const stored = world.data.get(key)?.version ?? null;
  if (condition !== undefined && condition.replaces !== stored) throw conflict();
}

/** Refuses who had a lock that is now free or of another. */
function checkHolder(world: World, key: string, holder: object | undefined): void {
  if (holder !== undefined && world.locks.get(key) !== holder) throw conflict();
}

export function replace(
  world: World,
  key: string,
  bytes: Uint8Array,
  condition: StoreCondition | undefined,
  holder?: object,
  version = world.createVersion(bytes),
): string {
  checkHolder(world, key, holder);
  checkCondition(world, key, condition);
  world.data.set(key, { bytes, version });
  return version;
}

/** Writes that ask no lock. */
export const unlocked: Overrides = (world) => ({
  async set(key, content, condition) {
    checkKey(key);
    return replace(world, key, await collect(content), condition);
  },
  async delete(key) {
    world.data.delete(checkKey(key));
  },
});
