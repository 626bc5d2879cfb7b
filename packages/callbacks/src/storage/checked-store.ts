import { toKeepfitError } from '../checks/format-error.js';
import { formatValue } from '../checks/format-value.js';
import type {
  CheckpointContent,
  CheckpointStore,
  StoreCondition,
  StoredCheckpoint,
} from '../contract/checkpoint-store.js';
import { KeepfitError } from '../contract/keepfit-error.js';
import { watchContent, type WatchedContent } from './watched-content.js';

/** A call of a store. */
export interface StoreCall {
  readonly operation: 'get' | 'set' | 'delete' | 'keys' | 'lock' | 'release';
  readonly key: string;
}

/** A store in messages. */
export function formatStore({ name }: CheckpointStore): string {
  return typeof name === 'string' && name !== '' ? name : 'its store';
}

/** A call in messages: `set("backup") of fsStore("runs/digits")`. */
export function formatCall(store: CheckpointStore, { operation, key }: StoreCall): string {
  return `${operation}(${operation === 'keys' ? '' : JSON.stringify(key)}) of ${formatStore(store)}`;
}

/**
 * Views a store as its contract describes it, whoever wrote it: what goes wrong, and any result that is none,
 * is a KeepfitError that names the call, the key and the store. KeepfitErrors of the store pass unchanged.
 * `delete` honours its condition, also if the store's own takes none.
 *
 * @param pending Receives the calls that have not settled, in the order of their begin.
 * @param end Once aborted, no call begins but `release`: the others throw its reason.
 */
export function createCheckedStore(
  store: CheckpointStore,
  pending = new Set<StoreCall>(),
  end?: AbortSignal,
): CheckpointStore {
  async function perform<Result>(
    call: StoreCall,
    run: () => Promise<Result> | undefined,
    findFault: (result: unknown) => string | undefined,
  ): Promise<Result> {
    if (end?.aborted && call.operation !== 'release') throw end.reason;
    pending.add(call);
    try {
      const result = await run();
      const fault = findFault(result);
      if (fault !== undefined) throw createFault(store, call, fault);
      return result as Result;
    } catch (error) {
      throw explain(store, call, error);
    } finally {
      pending.delete(call);
    }
  }

  const get = (key: string): Promise<StoredCheckpoint | undefined> =>
    perform({ operation: 'get', key }, () => store.get(key), findFaultOfGet);
  const { supports } = store;

  return {
    ...(typeof store.name === 'string' && { name: store.name }),
    supports,
    get,
    set(key, content, condition) {
      const watched = watchContent(content, end);
      const run = () => store.set(key, watched.content, condition);
      return perform({ operation: 'set', key }, run, (version) => findFaultOfSet(version, content, watched));
    },
    async delete(key, condition) {
      const takesCondition = store.delete?.length >= 2;
      if (condition !== undefined && supports.fencing && !takesCondition) {
        await checkVersion(get, key, condition);
      }
      const run = () => (takesCondition ? store.delete(key, condition) : store.delete(key));
      await perform({ operation: 'delete', key }, run, () => undefined);
    },
    keys: () => perform({ operation: 'keys', key: '' }, () => store.keys(), findFaultOfKeys),
    ...(store.lock !== undefined && {
      async lock(key: string) {
        const run = () => store.lock?.(key);
        const held = await perform({ operation: 'lock', key }, run, findFaultOfLock);
        const release = () =>
          perform(
            { operation: 'release', key },
            () => held.release(),
            () => undefined,
          );
        return { release, ...(held.lost !== undefined && { lost: held.lost }) };
      },
    }),
  };
}

/** @throws KEEPFIT_STORE_CONFLICT when another version is stored. */
async function checkVersion(
  get: CheckpointStore['get'],
  key: string,
  { replaces }: StoreCondition,
): Promise<void> {
  const stored = await get(key);
  if (stored === undefined || stored.version === replaces) return;
  throw new KeepfitError(
    'KEEPFIT_STORE_CONFLICT',
    `${JSON.stringify(key)} is at version ${stored.version}, not ${replaces}, so it was not deleted`,
  );
}

function explain(store: CheckpointStore, call: StoreCall, error: unknown): KeepfitError {
  const what = `${formatCall(store, call)} failed${error instanceof Error ? '' : ' without an Error'}`;
  return call.operation === 'set'
    ? toKeepfitError(error, 'KEEPFIT_BACKUP_FAILED', `${what}, and the last good checkpoint is intact`)
    : toKeepfitError(error, 'KEEPFIT_STORE_FAILED', what);
}

function createFault(store: CheckpointStore, call: StoreCall, fault: string): KeepfitError {
  return new KeepfitError(
    'KEEPFIT_STORE_FAILED',
    `${formatCall(store, call)} resolved to ${fault}. This is a mistake in the store's code: correct it, or use another store`,
  );
}

function findFaultOfGet(result: unknown): string | undefined {
  if (result === undefined) return undefined;
  if (typeof result !== 'object' || result === null)
    return `${formatValue(result)}; by the contract of stores, undefined says that nothing is stored`;
  const { bytes, version, getChecksum } = result as Partial<StoredCheckpoint>;
  // Also for an array of another realm.
  if (Object.prototype.toString.call(bytes) !== '[object Uint8Array]')
    return `${formatValue(bytes)} as bytes, not to a Uint8Array`;
  if (getChecksum !== undefined && typeof getChecksum !== 'function')
    return `${formatValue(getChecksum)} as getChecksum, not to a function`;
  return typeof version === 'string' ? undefined : `${formatValue(version)} as version, not to a string`;
}

function findFaultOfSet(
  version: unknown,
  { byteLength }: CheckpointContent,
  { countRead }: WatchedContent,
): string | undefined {
  if (typeof version !== 'string')
    return `${formatValue(version)}, not to the new version, a string; the new checkpoint may be in place`;
  return countRead() < byteLength
    ? `a version, but had read only ${countRead()} of ${byteLength} bytes`
    : undefined;
}

function findFaultOfKeys(keys: unknown): string | undefined {
  const areKeys = Array.isArray(keys) && keys.every((key) => typeof key === 'string');
  return areKeys ? undefined : `${formatValue(keys)}, not to a list of strings`;
}

function findFaultOfLock(lock: unknown): string | undefined {
  const { release, lost } = (lock ?? {}) as { release?: unknown; lost?: Partial<AbortSignal> };
  if (typeof release !== 'function') return `${formatValue(lock)}, not to a lock with a function \`release\``;
  const isSignal = typeof lost?.aborted === 'boolean' && typeof lost.addEventListener === 'function';
  return lost === undefined || isSignal
    ? undefined
    : `a lock whose \`lost\` is ${formatValue(lost)}, not an AbortSignal`;
}
