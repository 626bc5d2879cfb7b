import type { StoreLock } from '@keepfit/callbacks/store';
import { Writer } from './writer.js';

/** Shares the writer of a store: from the first checkpoint that is stored under a lock until the last lock is released. */
export class SharedWriter {
  readonly #locks = new Set<StoreLock>();
  #writer: Writer | undefined;
  #isPossible = true;

  /** Returns the lock, and keeps the writer alive until it is released. */
  keepAlive(lock: StoreLock): StoreLock {
    const held: StoreLock = {
      release: async () => {
        try {
          await lock.release();
        } finally {
          this.#locks.delete(held);
          if (this.#locks.size === 0) await this.#close();
        }
      },
    };
    this.#locks.add(held);
    return held;
  }

  /** Returns the writer if it is idle. If it is undefined, the caller writes the checkpoint in its own thread. */
  acquire(): Writer | undefined {
    if (this.#locks.size === 0 || !this.#isPossible) return undefined;
    try {
      this.#writer ??= new Writer();
    } catch {
      this.#isPossible = false;
    }
    return this.#writer?.isIdle === true ? this.#writer : undefined;
  }

  async #close(): Promise<void> {
    const writer = this.#writer;
    this.#writer = undefined;
    await writer?.close();
  }
}
