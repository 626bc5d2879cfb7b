import {
  checkKey,
  type CheckpointContent,
  type CheckpointStore,
  KeepfitError,
  type StoreCondition,
  type StoredCheckpoint,
  type StoreLock,
} from '@keepfit/callbacks/store';

/**
 * Keeps checkpoints in the memory of this process: for tests, and to return to an earlier state within one
 * run.
 *
 * Bytes are copied in and out, so that later writes cannot reach them. During a `set`, old and new bytes are
 * in memory together. Nothing survives the process. Fencing and locking work among all users of this one
 * store.
 */
export function memoryStore(): CheckpointStore {
  const checkpoints = new Map<string, StoredCheckpoint>();
  const locks = new Map<string, symbol>();
  let sets = 0;

  /** Nothing is awaited after it, so that no other set comes between the check and the change. */
  function check(key: string, { replaces }: StoreCondition, current: string | null): void {
    if (replaces !== current) throw createConflictError(key, replaces, current);
  }

  return {
    name: 'memoryStore()',
    supports: { durable: false, fencing: true, locking: true },

    async get(key) {
      const found = checkpoints.get(checkKey(key));
      return found && { bytes: found.bytes.slice(), version: found.version };
    },

    async set(key, content, condition) {
      checkKey(key);
      const bytes = await collectBytes(key, content);
      if (condition !== undefined) check(key, condition, checkpoints.get(key)?.version ?? null);
      sets += 1;
      const version = String(sets);
      checkpoints.set(key, { bytes, version });
      return version;
    },

    async delete(key, condition) {
      const current = checkpoints.get(checkKey(key))?.version;
      if (condition !== undefined && current !== undefined) check(key, condition, current);
      checkpoints.delete(key);
    },

    async keys() {
      return [...checkpoints.keys()];
    },

    async lock(key): Promise<StoreLock> {
      if (locks.has(checkKey(key))) throw createLockedError(key);
      const holder = Symbol(key);
      locks.set(key, holder);
      return {
        release: async () => {
          if (locks.get(key) === holder) locks.delete(key);
        },
      };
    },
  };
}

async function collectBytes(key: string, { byteLength, chunks }: CheckpointContent): Promise<Uint8Array> {
  const bytes = allocate(key, byteLength);
  let length = 0;
  for await (const chunk of chunks) {
    if (length + chunk.byteLength > byteLength)
      throw createLengthError(key, byteLength, `${length + chunk.byteLength} or more`);
    bytes.set(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength), length);
    length += chunk.byteLength;
  }
  if (length !== byteLength) throw createLengthError(key, byteLength, String(length));
  return bytes;
}

function allocate(key: string, byteLength: number): Uint8Array {
  try {
    return new Uint8Array(byteLength);
  } catch (cause) {
    throw new KeepfitError(
      'KEEPFIT_STORE_FULL',
      `there is no memory for the ${byteLength} bytes of ${JSON.stringify(key)}; keep checkpoints of this size in files (fsStore)`,
      { cause },
    );
  }
}

function createLengthError(key: string, announced: number, found: string): KeepfitError {
  return new KeepfitError(
    'KEEPFIT_STORE_FAILED',
    `the chunks of ${JSON.stringify(key)} must add up to ${announced} bytes, but have ${found}; the old checkpoint stays`,
  );
}

function createConflictError(key: string, expected: string | null, found: string | null): KeepfitError {
  return new KeepfitError(
    'KEEPFIT_STORE_CONFLICT',
    `${JSON.stringify(key)} must be at version ${expected}, but is at ${found}: another writer came first, and nothing was changed. ` +
      'Give each training its own name or store',
  );
}

function createLockedError(key: string): KeepfitError {
  return new KeepfitError(
    'KEEPFIT_STORE_LOCKED',
    `${JSON.stringify(key)} is in use by another training in this process; wait until it ends, or give each its own name or store`,
  );
}
