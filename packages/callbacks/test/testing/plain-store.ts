import { KeepfitError } from '../../src/contract/keepfit-error.js';
import type {
  CheckpointContent,
  CheckpointStore,
  StoredCheckpoint,
} from '../../src/contract/checkpoint-store.js';

/** One broken rule, as in real stores. */
export type Defect =
  | 'writes in place'
  | 'keeps the chunk itself'
  | 'keeps the whole buffer of a chunk'
  | 'keeps chunks until all have come'
  | 'hands out its own bytes'
  | 'ignores the announced length'
  | 'writes over the old bytes'
  | 'removes the old before it has the new'
  | 'gives contents of one length one version'
  | 'ignores conditions'
  | 'checks conditions only at the start'
  | 'stores before it checks the condition'
  | 'gives the lock to everyone'
  | 'frees the lock of another'
  | 'frees the lock on a refusal'
  | 'locks all keys at once'
  | 'lists locks as keys'
  | 'deletes everything'
  | 'deletes what begins alike'
  | 'keeps keys in a plain object'
  | 'reads along a path'
  | 'reads by a URL'
  | 'locks along a path'
  | 'drops an empty checkpoint'
  | 'listens to the process'
  | 'forgets when opened anew'
  | 'claims locking without a lock';

/** A store in memory, correct except for one defect. Two with the same `cells` share their data. */
export function plainStore(
  defect?: Defect,
  cells = new Map<string, StoredCheckpoint>(),
  locks = new Map<string, symbol>(),
  maxBytes = 2 ** 17,
): CheckpointStore {
  const is = (one: Defect): boolean => one === defect;
  const members: Record<string, StoredCheckpoint | undefined> = {};
  const find = (key: string): StoredCheckpoint | undefined =>
    is('keeps keys in a plain object') ? members[key] : cells.get(key);
  const keep = (key: string, bytes: Uint8Array, version: string): void => {
    if (is('keeps keys in a plain object')) members[key] = { bytes, version };
    cells.set(key, { bytes, version });
  };
  const conflict = (key: string, replaces: string | null | undefined): KeepfitError | undefined => {
    if (is('ignores conditions') || replaces === undefined || replaces === (find(key)?.version ?? null))
      return undefined;
    return new KeepfitError('KEEPFIT_STORE_CONFLICT', 'another version is stored');
  };

  return {
    supports: { durable: true, fencing: true, locking: true, maxBytes },
    async get(key) {
      const place = is('reads along a path') ? lastOf(key) : is('reads by a URL') ? pathOf(key) : key;
      const found = find(place);
      if (found === undefined || (is('drops an empty checkpoint') && found.bytes.length === 0))
        return undefined;
      return {
        bytes: is('hands out its own bytes') ? found.bytes : found.bytes.slice(),
        version: found.version,
      };
    },
    async set(key, content, condition) {
      if (content.byteLength > maxBytes) throw new KeepfitError('KEEPFIT_STORE_FULL', 'too large');
      const early = conflict(key, condition?.replaces);
      if (early !== undefined && !is('stores before it checks the condition')) throw early;
      if (is('removes the old before it has the new')) cells.delete(key);
      const version = is('gives contents of one length one version')
        ? String(content.byteLength)
        : crypto.randomUUID();
      const old = find(key)?.bytes;
      const partial = is('writes in place')
        ? (bytes: Uint8Array) => keep(key, bytes, version)
        : () => undefined;
      const bytes = await collect(content, is, partial, is('writes over the old bytes') ? old : undefined);
      const late = is('checks conditions only at the start') ? undefined : conflict(key, condition?.replaces);
      if (late === undefined || is('stores before it checks the condition')) keep(key, bytes, version);
      if (late !== undefined) throw late;
      return version;
    },
    async delete(key, condition) {
      const other = find(key) === undefined ? undefined : conflict(key, condition?.replaces);
      if (other !== undefined) throw other;
      const isGone = (one: string): boolean =>
        is('deletes everything') ||
        one === key ||
        (is('deletes what begins alike') && one.startsWith(`${key}.`));
      for (const one of [...cells.keys()].filter(isGone)) cells.delete(one);
      delete members[key];
    },
    keys: async () => [...cells.keys(), ...(is('lists locks as keys') ? locks.keys() : [])],
    ...(is('claims locking without a lock')
      ? {}
      : {
          lock: async (key: string) =>
            lock(is('locks all keys at once') ? 'all' : is('locks along a path') ? lastOf(key) : key),
        }),
  };

  function lock(key: string): { release(): Promise<void> } {
    if (is('listens to the process')) process.on('exit', () => undefined);
    if (locks.has(key) && !is('gives the lock to everyone')) {
      if (is('frees the lock on a refusal')) locks.delete(key);
      throw new KeepfitError('KEEPFIT_STORE_LOCKED', 'it is taken');
    }
    const mine = Symbol(key);
    locks.set(key, mine);
    return {
      release: async () => {
        if (locks.get(key) === mine || is('frees the lock of another')) locks.delete(key);
      },
    };
  }
}

/** As a path that is resolved. */
function lastOf(key: string): string {
  const parts = key.split('/').filter((part) => part !== '' && part !== '.');
  return parts.at(-1) ?? key;
}

/** As a server reads it. */
function pathOf(key: string): string {
  return decodeURIComponent(key.split(/[?#]/)[0] ?? key);
}

async function collect(
  { byteLength, chunks }: CheckpointContent,
  is: (defect: Defect) => boolean,
  partial: (bytes: Uint8Array) => void,
  old: Uint8Array | undefined,
): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) {
    if (is('keeps the chunk itself') && chunk.length === byteLength) return chunk;
    if (is('keeps chunks until all have come')) parts.push(chunk);
    else if (is('keeps the whole buffer of a chunk')) parts.push(new Uint8Array(chunk.buffer).slice());
    else parts.push(chunk.slice());
    partial(joined(parts));
  }
  const bytes = joined(parts);
  if (
    bytes.length !== byteLength &&
    !is('ignores the announced length') &&
    !is('keeps the whole buffer of a chunk')
  ) {
    throw new KeepfitError('KEEPFIT_STORE_FAILED', 'another length was announced');
  }
  return old === undefined ? bytes : joined([bytes, old.subarray(bytes.length)]);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}
