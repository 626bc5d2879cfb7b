import type { StoreLock } from '@keepfit/callbacks/store';
import { Writer } from './writer.js';

/** The writer of a store while there is use for it: from the first checkpoint that is stored under a lock until the last lock is released. */
export class SharedWriter {
  readonly #locks = new Set<StoreLock>();
  #writer: Writer | undefined;
  #isPossible = true;

  /** The same lock; as long as it is held, there is a writer. */
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

  /** The writer, where it has nothing else to do. Without one, or a second, a checkpoint is written in this thread. */
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
