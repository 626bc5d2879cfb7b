/**
 * The contract of a place where checkpoints live. Adapters stay dumb: an adapter need not know what a
 * checkpoint means, and returns damaged bytes as they are.
 *
 * keepfit uses only keys that `checkKey` accepts. Other callers may give any string to `get`, `set`, `delete`
 * and `lock`, such as `../a` or `a?b`. The store refuses it, or keeps it as a separate place; it never reads,
 * changes or locks what another key holds. A key that one call refuses is refused by all of them. Pass each key
 * through `checkKey`, as all stores of keepfit do: it refuses with KEEPFIT_INVALID_OPTION.
 *
 * Absence is `undefined`; failure is a rejection, preferably a `KeepfitError` of code KEEPFIT_STORE_FAILED,
 * KEEPFIT_STORE_FULL, KEEPFIT_STORE_LOCKED or KEEPFIT_STORE_CONFLICT.
 */
export interface CheckpointStore {
  /** What messages call this store, such as `fsStore("runs/digits")`. */
  readonly name?: string;
  /** What the store promises beyond atomic replacement. */
  readonly supports: StoreSupports;

  /** The bytes under key and their version, or undefined if there are none. The caller owns the bytes. */
  get(key: string): Promise<StoredCheckpoint | undefined>;

  /**
   * Replaces the bytes under key by all chunks in order, and resolves to the new version. When the promise
   * resolves, a later get, also by another process, returns these bytes or newer ones. After a crash at any
   * instant, get returns the whole old or the whole new bytes, never a mixture. If it rejects, the old bytes
   * stay. There is one exception: the last step makes the new bytes durable, and if it fails or gives no answer,
   * the whole new bytes may be in place. The error then says so.
   *
   * Rejects if the chunks do not add up to `byteLength`, or are more than `supports.maxBytes`.
   *
   * If `supports.fencing`, a stored version other than `condition.replaces` (null: nothing stored) rejects
   * with KEEPFIT_STORE_CONFLICT and changes nothing.
   *
   * Creates what the store needs, such as its folder or database, also if somebody has deleted it since.
   */
  set(key: string, content: CheckpointContent, condition?: StoreCondition): Promise<string>;

  /**
   * Removes key. Does nothing if the key is absent.
   *
   * If `supports.fencing`, a stored version other than `condition.replaces` rejects with
   * KEEPFIT_STORE_CONFLICT and changes nothing. A store whose `delete` takes no second parameter is asked for
   * the version first, which leaves an instant in between.
   */
  delete(key: string, condition?: StoreCondition): Promise<void>;

  /** All keys that hold a checkpoint, in no particular order, and nothing else, also while a set runs. */
  keys(): Promise<string[]>;

  /**
   * If `supports.locking`: locks key for one trainer at a time, or rejects with KEEPFIT_STORE_LOCKED and
   * names the holder if the platform tells. A training relies on no other lock. `set`, `get` and `delete` need
   * no lock, but obey one that this store object has given: see `StoreLock.lost`.
   */
  lock?(key: string): Promise<StoreLock>;
}

export interface StoreSupports {
  /** A resolved `set` survives a power cut. */
  readonly durable: boolean;
  /** `set` and `delete` honour their conditions. */
  readonly fencing: boolean;
  /**
   * `lock` exists, and its lock is freed when its process or thread dies. As long as the holder lives, the
   * lock holds, also while the event loop is blocked or the clock is set; or else, if the lock can pass to
   * another holder, `set` and `delete` of the former one reject with KEEPFIT_STORE_CONFLICT and change nothing.
   */
  readonly locking: boolean;
  /** The largest checkpoint in bytes, if there is a limit. `set` rejects a larger one. */
  readonly maxBytes?: number;
}

export interface StoredCheckpoint {
  readonly bytes: Uint8Array;
  /** Differs between any two contents that were ever stored under one key. Opaque. */
  readonly version: string;
  /**
   * The CRC-32 of the bytes from `from` up to `to`, for a store that computes checksums while it reads. Without
   * it, keepfit computes them afterwards.
   */
  readonly getChecksum?: (from: number, to: number) => number;
}

export interface CheckpointContent {
  readonly byteLength: number;
  /**
   * A chunk is valid until the next is requested: copy it, or finish writing it before. Each iteration starts
   * at the first byte, so that a store can begin again.
   */
  readonly chunks: AsyncIterable<Uint8Array>;
  /**
   * The same bytes in another form, for a store that writes in its own thread and can compute the checksums
   * there. keepfit's contents hide them from a spread, `{ ...content, chunks }`, because other chunks have
   * other parts.
   */
  readonly parts?: CheckpointParts;
}

/**
 * A content as consecutive parts. At the end the store adds the CRC-32 of each part, 4 bytes little-endian.
 */
export interface CheckpointParts {
  /** The length of each part in bytes. */
  readonly lengths: readonly number[];
  /** Creates a reader that starts at the first byte. */
  createReader(): PartReader;
}

/** Copies the next bytes of all parts into `memory` and resolves to their number: 0 only at the end. */
export type PartReader = (memory: Uint8Array) => Promise<number>;

export interface StoreCondition {
  /** The version that must be stored; null: nothing. */
  readonly replaces: string | null;
}

export interface StoreLock {
  /** Frees this lock, and no other. Does nothing if it is free already, or has passed to another holder. */
  release(): Promise<void>;
  /** Aborts when somebody else may hold the lock. Absent if that cannot happen while the holder lives. */
  readonly lost?: AbortSignal;
}
