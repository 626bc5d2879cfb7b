import type { CheckpointContent, StoreLock } from '@keepfit/callbacks/store';
import type { Folder } from '../folder/folder.js';
import type { WriteCondition } from '../write/check-condition.js';
import { writeCheckpoint } from '../write/write-checkpoint.js';
import { startThread } from './start-thread.js';
import type { WriterThread } from './thread-line.js';
import { Writer } from './writer.js';

/**
 * Writes the checkpoints of a store. While a lock is held, a thread does it if it is idle; otherwise, or if
 * the thread has ended, the calling thread does it.
 */
export class SharedWriter {
  readonly #start: () => WriterThread;
  readonly #locks = new Set<StoreLock>();
  #writer: Writer | undefined;
  #isPossible = true;

  constructor(start: () => WriterThread = startThread) {
    this.#start = start;
  }

  /** Returns the lock, and keeps the thread alive until it is released. */
  keepAlive(lock: StoreLock): StoreLock {
    const held: StoreLock = {
      ...lock,
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

  /** Does the same as `writeCheckpoint`. */
  async write(
    folder: Folder,
    key: string,
    content: CheckpointContent,
    condition: WriteCondition | undefined,
  ): Promise<string> {
    const writer = this.#acquire();
    const version = await writer?.write(folder, key, content, condition);
    if (writer?.fault !== undefined) this.#giveUp(writer.fault);
    return version ?? writeCheckpoint(folder, key, content, condition);
  }

  /** Returns the writer if the thread runs and is idle. It is started by the first checkpoint under a lock. */
  #acquire(): Writer | undefined {
    if (this.#locks.size === 0 || !this.#isPossible) return undefined;
    try {
      this.#writer ??= new Writer(this.#start());
    } catch (error) {
      this.#giveUp(error instanceof Error ? error.message : String(error));
      return undefined;
    }
    if (this.#writer.fault !== undefined) this.#giveUp(this.#writer.fault);
    return this.#isPossible && !this.#writer.isBusy ? this.#writer : undefined;
  }

  #giveUp(reason: string): void {
    if (!this.#isPossible) return;
    this.#isPossible = false;
    console.warn(
      `keepfit: the thread in which fsStore writes checkpoints ${this.#writer === undefined ? 'cannot start' : 'has ended'} (${reason}). ` +
        "From now on the training's own thread writes them, so training waits for the disk",
    );
  }

  async #close(): Promise<void> {
    const writer = this.#writer;
    this.#writer = undefined;
    await writer?.close();
  }
}
