import {
  type CheckpointContent,
  type CheckpointStore,
  KeepfitError,
  type StoredCheckpoint,
  type StoreLock,
} from '@keepfit/callbacks/store';

/**
 * Keeps checkpoints in the memory of this process: for tests, and for going back to an earlier state within one run.
 *
 * Bytes are copied in and out, so that nobody's later writes reach them; while a `set` runs, old and new are held at once.
 * Nothing survives the process. Fencing and locking hold among all who share this one store.
 */
export function memoryStore(): CheckpointStore {
  const checkpoints = new Map<string, StoredCheckpoint>();
  const locks = new Map<string, symbol>();
  let sets = 0;

  return {
    supports: { durable: false, fencing: true, locking: true },

    async get(key) {
      const found = checkpoints.get(key);
      return found && { bytes: found.bytes.slice(), version: found.version };
    },

    async set(key, content, condition) {
      const bytes = await collect(key, content);
      // From here to the end nothing is awaited, so that no other set comes between the check and the replacement.
      const current = checkpoints.get(key)?.version ?? null;
      if (condition !== undefined && condition.replaces !== current)
        throw conflict(key, condition.replaces, current);
      sets += 1;
      const version = String(sets);
      checkpoints.set(key, { bytes, version });
      return version;
    },

    async delete(key) {
      checkpoints.delete(key);
    },

    async keys() {
      return [...checkpoints.keys()];
    },

    async lock(key): Promise<StoreLock> {
      if (locks.has(key)) throw locked(key);
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

async function collect(key: string, { byteLength, chunks }: CheckpointContent): Promise<Uint8Array> {
  const bytes = allocate(key, byteLength);
  let length = 0;
  for await (const chunk of chunks) {
    if (length + chunk.byteLength > byteLength)
      throw wrongLength(key, byteLength, `${length + chunk.byteLength} or more`);
    bytes.set(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength), length);
    length += chunk.byteLength;
  }
  if (length !== byteLength) throw wrongLength(key, byteLength, String(length));
  return bytes;
}

function allocate(key: string, byteLength: number): Uint8Array {
  try {
    return new Uint8Array(byteLength);
  } catch (cause) {
    throw new KeepfitError(
      'KEEPFIT_STORE_FULL',
      `no memory for the ${byteLength} bytes of ${JSON.stringify(key)}; keep checkpoints of this size in files (fsStore)`,
      { cause },
    );
  }
}

function wrongLength(key: string, announced: number, came: string): KeepfitError {
  return new KeepfitError(
    'KEEPFIT_STORE_FAILED',
    `the chunks of ${JSON.stringify(key)} must add up to the announced ${announced} bytes, but came to ${came}; the old checkpoint stays`,
  );
}

function conflict(key: string, expected: string | null, found: string | null): KeepfitError {
  return new KeepfitError(
    'KEEPFIT_STORE_CONFLICT',
    `${JSON.stringify(key)} should be at version ${expected}, but is at ${found}: another writer came first, and nothing was changed. ` +
      'Give each training its own name or store',
  );
}

function locked(key: string): KeepfitError {
  return new KeepfitError(
    'KEEPFIT_STORE_LOCKED',
    `${JSON.stringify(key)} is in use by another training in this process; wait until it ends, or give each its own name or store`,
  );
}
