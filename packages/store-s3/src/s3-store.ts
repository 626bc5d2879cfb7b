import { checkOptions, formatValue, type OptionRules, refuseOption } from '@keepfit/callbacks/internal';
import { checkKey, type CheckpointStore } from '@keepfit/callbacks/store';
import { deleteCheckpoint } from './checkpoint/delete-checkpoint.js';
import { listKeys } from './checkpoint/list-keys.js';
import type { Place } from './checkpoint/place.js';
import { readCheckpoint } from './checkpoint/read-checkpoint.js';
import { writeCheckpoint } from './checkpoint/write-checkpoint.js';
import { type ConditionForm, createConditions, type Dialect, getTagReader } from './client/conditions.js';
import type { SignedFetch } from './client/contract.js';
import { probeConditions } from './client/probe-conditions.js';
import { createRecords } from './client/records.js';
import { createS3Client } from './client/s3-client.js';
import { acquireLock } from './lock/acquire-lock.js';
import type { HeldLock, KeepLease } from './lock/held-lock.js';
import { createLockedError } from './lock/lease.js';
import { keepLease, type LeaseKeeper, type TakenLease } from './lock/lease-keeper.js';

export interface S3StoreOptions {
  /**
   * The address of the bucket, without a query: `https://my-bucket.s3.eu-central-1.amazonaws.com` or
   * `http://127.0.0.1:9000/my-bucket`.
   */
  readonly url: string;
  /** Signs and sends requests, such as `(url, init) => client.fetch(url, init)` with aws4fetch's `AwsClient`. */
  readonly fetch: SignedFetch;
  /**
   * What the names of all objects begin with: `runs/digits/`. Letters, digits, `.`, `_`, `-` and `=`, with a slash
   * at the end.
   *
   * @default '' (the whole bucket)
   */
  readonly prefix?: string;
  /**
   * In ms: a holder of a lock that has renewed its lease for so long no more is gone. It renews it three times as
   * often. Also how long a start after a kill waits. At least 100.
   *
   * @default 30_000
   */
  readonly ttl?: number;
  /**
   * Starts a thread that renews the lease of a lock, so that a step that takes longer than `ttl` does not lose it:
   * `() => new Worker(new URL('./renew.js', import.meta.url))` of `node:worker_threads` or of the web. Its program calls
   * `renewLeases` of `@keepfit/store-s3/thread`. There is one per held lock, which ends with it.
   *
   * @default the timers of the thread that trains
   */
  readonly thread?: () => object;
  /**
   * How the server is asked for conditions: `'s3'` by ETags, `'gcs'` by the generations of Google Cloud Storage.
   *
   * @default 's3'
   */
  readonly dialect?: Dialect;
}

const RULES: OptionRules<S3StoreOptions> = {
  url: [isBucketUrl, 'the address of a bucket, http or https, without a user, a query or a fragment'],
  fetch: [(value) => typeof value === 'function', 'a function that signs a request and sends it'],
  prefix: [
    (value) => typeof value === 'string' && /^(?:(?!\.{1,2}\/)[\w.=-]+\/)*$/.test(value),
    "folders of letters, digits, '.', '_', '-' and '=' with a slash after each, such as 'runs/digits/'",
  ],
  ttl: [(value) => Number.isFinite(value) && Number(value) >= 100, 'a number of ms of at least 100'],
  thread: [(value) => typeof value === 'function', 'a function that returns a new Worker'],
  dialect: [(value) => value === 's3' || value === 'gcs', "'s3' or 'gcs'"],
};

/**
 * Keeps checkpoints in a bucket of AWS S3, Cloudflare R2, MinIO, Ceph or Google Cloud Storage, from Node or a page.
 *
 * A checkpoint is an object that never changes. A tiny pointer beside it is replaced by a conditional PUT: whole old
 * or whole new bytes after a crash at any instant, and one winner among several writers. A lease that is renewed by
 * timers, or by a thread, keeps a second trainer out. A new holder puts a fence into the pointer first, so that
 * whatever a former one still sends is refused, also if it was suspended in the middle of a request. Requests are
 * repeated after errors of the server, time-outs and lost answers. Training continues during an upload, of which at
 * most 40 MiB are in memory.
 *
 * Before the first write, the store finds out whether the server honours conditions, and refuses one that ignores
 * them. Nothing is sent before it is needed. The store's calls reject with KEEPFIT_STORE_FAILED, _FULL, _LOCKED and
 * _CONFLICT.
 *
 * @throws KEEPFIT_INVALID_OPTION when an option is missing, unknown or not valid.
 */
export function s3Store(options: S3StoreOptions): CheckpointStore {
  checkOptions('s3Store', options, RULES);
  for (const name of ['url', 'fetch'] as const)
    if (options[name] === undefined) refuseOption(`s3Store needs the option ${name}: ${RULES[name][1]}`);
  const { fetch, prefix = '', ttl = 30_000, thread, dialect = 's3' } = options;
  const url = options.url.replace(/\/$/, '');
  const client = createS3Client(url, fetch);
  let probing: Promise<ConditionForm> | undefined;
  const getForm = (): Promise<ConditionForm> => {
    probing ??= probeConditions(client, prefix, dialect).catch((error: unknown) => {
      probing = undefined;
      throw error;
    });
    return probing;
  };
  const records = createRecords(client, getTagReader(dialect), async () => createConditions(await getForm()));
  const keepHere = (lease: TakenLease, losing: AbortController): LeaseKeeper =>
    keepLease(records, lease, losing);
  const keep: KeepLease =
    thread === undefined
      ? keepHere
      : async (lease, losing) => {
          const { keepInThread } = await import('./renewal/keep-in-thread.js');
          const order = { kind: 'keep', url, form: await getForm(), ...lease } as const;
          return keepInThread(thread, order, losing, () => keepHere(lease, losing));
        };
  const getPlace = (key: string): Place => ({
    key: checkKey(key),
    folder: `${prefix}${key}/`,
    client,
    records,
  });
  const held = new Map<string, HeldLock>();

  return {
    name: `s3Store(${formatValue(`${url}/${prefix}`)})`,
    supports: { durable: true, fencing: true, locking: true },

    get: async (key) => readCheckpoint(getPlace(key)),

    set: async (key, content, condition) => writeCheckpoint(getPlace(key), content, held.get(key), condition),

    delete: async (key, condition) => deleteCheckpoint(getPlace(key), held.get(key), condition),

    keys: () => listKeys(client, prefix, getPlace),

    async lock(key) {
      const place = getPlace(key);
      if (held.get(key)?.lost.aborted === false)
        throw createLockedError(key, 'a training of this program holds its lock');
      const lock = await acquireLock(place, ttl, keep);
      held.set(key, lock);
      return {
        lost: lock.lost,
        async release() {
          if (held.get(key) === lock) held.delete(key);
          await lock.release();
        },
      };
    },
  };
}

function isBucketUrl(value: unknown): boolean {
  try {
    const { protocol, username, password, search, hash } = new URL(value as string);
    return /^https?:$/.test(protocol) && username + password + search + hash === '';
  } catch {
    return false;
  }
}
