/**
 * The contract of a place where checkpoints live. Adapters stay dumb: keys and contents arrive validated, and what a checkpoint
 * means is none of their business.
 *
 * Absence is `undefined`; failure is a rejection, best a `KeepfitError` of code KEEPFIT_STORE_FAILED, KEEPFIT_STORE_FULL,
 * KEEPFIT_STORE_LOCKED or KEEPFIT_STORE_CONFLICT.
 */
export interface CheckpointStore {
  /** What the store promises beyond replacing atomically. */
  readonly supports: StoreSupports;

  /** The bytes under key and their version, or undefined where there are none. The caller owns the bytes. */
  get(key: string): Promise<StoredCheckpoint | undefined>;

  /**
   * Replaces the bytes under key by all chunks in order, and resolves to the new version. When the promise resolves, a later get,
   * also by another process, returns these bytes or newer ones; after a crash at any instant it returns the whole old or the whole
   * new bytes, never a mixture. Where it rejects, the old bytes stay; only where the very last step failed, the one that makes the new ones
   * durable, may these be in place, and the error says so.
   *
   * Where `supports.fencing`, a stored version other than `condition.replaces` (null: nothing stored) rejects with
   * KEEPFIT_STORE_CONFLICT and changes nothing.
   */
  set(key: string, content: CheckpointContent, condition?: SetCondition): Promise<string>;

  /** Removes key; nothing happens where it is not there. */
  delete(key: string): Promise<void>;

  /** The keys that hold a checkpoint, in no particular order. */
  keys(): Promise<string[]>;

  /** Where `supports.locking`: takes key for one trainer at a time, or rejects with KEEPFIT_STORE_LOCKED, saying who has it. */
  lock?(key: string): Promise<StoreLock>;
}

export interface StoreSupports {
  /** A resolved `set` survives a power cut. */
  readonly durable: boolean;
  /** `set` honours its condition. */
  readonly fencing: boolean;
  /** `lock` is there, holds through a blocked event loop, and is freed when its process dies. */
  readonly locking: boolean;
  /** The largest checkpoint in bytes, where there is a limit. */
  readonly maxBytes?: number;
}

export interface StoredCheckpoint {
  readonly bytes: Uint8Array;
  /** Differs between any two contents that were ever stored under one key. Opaque. */
  readonly version: string;
}

export interface CheckpointContent {
  readonly byteLength: number;
  /** A chunk is valid until the next is asked for: keep a copy, or have it written. */
  readonly chunks: AsyncIterable<Uint8Array>;
  /** The same bytes in another way, for a store that writes in a thread of its own and can take the checksums there. Take one of the two. */
  readonly parts?: CheckpointParts;
}

/** A content as parts, one after the other; at the end the CRC-32 of each, 4 bytes little-endian, which the store adds. */
export interface CheckpointParts {
  /** In bytes, of each part. */
  readonly lengths: readonly number[];
  /** Copies the next bytes of all parts into `memory` and resolves to how many: 0 only at their end. */
  readInto(memory: Uint8Array): Promise<number>;
}

export interface SetCondition {
  readonly replaces: string | null;
}

export interface StoreLock {
  release(): Promise<void>;
}
