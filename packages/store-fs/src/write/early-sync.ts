import type { TempFile } from '../folder/temp-file.js';

/**
 * Syncs a large file while more of it is written; otherwise the disk would be idle until all bytes have
 * arrived. The sync at the end still makes the file durable.
 *
 * The kernel reports a disk error to one sync only, so a failed early sync fails the checkpoint.
 */
export class EarlySync {
  readonly #file: TempFile;
  readonly #syncEvery: number;
  #unsynced = 0;
  #running: Promise<void> | undefined;
  #failure: { readonly error: unknown } | undefined;

  /** @param syncEvery After how many bytes a sync begins. */
  constructor(file: TempFile, syncEvery: number) {
    this.#file = file;
    this.#syncEvery = syncEvery;
  }

  /** Call it after each write. Begins a sync if one is due and none is running. */
  add(length: number): void {
    this.throwFailure();
    this.#unsynced += length;
    if (this.#unsynced < this.#syncEvery || this.#running !== undefined) return;
    this.#unsynced = 0;
    this.#running = this.#sync();
  }

  /** Resolves when no sync is running, and never rejects. The file must not be closed before. */
  async waitUntilIdle(): Promise<void> {
    await this.#running;
  }

  throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  async #sync(): Promise<void> {
    try {
      await this.#file.handle.sync();
    } catch (error) {
      this.#failure = { error };
    }
    this.#running = undefined;
  }
}
