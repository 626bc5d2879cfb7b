import type { TrainingCapture } from '../contract/state.js';
import type { BackupKeys } from './backup-keys.js';
import type { CheckpointHeader } from '../format/checkpoint-layout.js';
import { encodeCheckpoint } from '../format/encode-checkpoint.js';
import { isKeepfitError, KeepfitError } from '../contract/keepfit-error.js';
import type { SlowStoreWarning } from './slow-store-warning.js';
import { createRandomId } from '../callbacks/create-random-id.js';
import { version as library } from '../version.js';

/**
 * Writes the backups of one fit while training continues, one at a time. Keeps a failure until it is asked
 * for.
 */
export class BackupWriter {
  readonly #keys: BackupKeys;
  readonly #slow: SlowStoreWarning;
  #runId = createRandomId();
  #generation = 0;
  #inFlight: Promise<void> | undefined;
  #failure: unknown;

  constructor(keys: BackupKeys, slow: SlowStoreWarning) {
    this.#keys = keys;
    this.#slow = slow;
  }

  /** Call it when a checkpoint was found: later backups get higher generations. */
  startAfter({ generation }: CheckpointHeader): void {
    this.#generation = generation;
  }

  /** Call it when training continues from that checkpoint: later backups belong to its run. */
  continueRun({ runId }: CheckpointHeader): void {
    this.#runId = runId;
  }

  get hasFailed(): boolean {
    return this.#failure !== undefined;
  }

  /** Starts to write a capture, and disposes it afterwards. Call it when idle. */
  start(capture: TrainingCapture): void {
    this.#inFlight = this.#write(capture);
  }

  /** Resolves when no backup is in flight. Never rejects. */
  async waitUntilIdle(): Promise<void> {
    if (this.#inFlight !== undefined) await this.#slow.during('write', this.#inFlight);
  }

  /**
   * Resolves when the started backup is as safe as the store makes it.
   *
   * @throws as `throwFailure`
   */
  async waitAndThrow(): Promise<void> {
    await this.waitUntilIdle();
    this.throwFailure();
  }

  /**
   * Throws the failure since the last call, if there is one. A KeepfitError is thrown unchanged.
   *
   * @throws KEEPFIT_BACKUP_FAILED when any other error made a backup fail.
   */
  throwFailure(): void {
    const failure = this.#failure;
    if (failure === undefined) return;
    this.#failure = undefined;
    if (isKeepfitError(failure)) throw failure;
    const reason = failure instanceof Error ? failure.message : String(failure);
    throw new KeepfitError(
      'KEEPFIT_BACKUP_FAILED',
      `the backup could not be written; the last good checkpoint is intact: ${reason}`,
      {
        cause: failure,
      },
    );
  }

  async #write(capture: TrainingCapture): Promise<void> {
    try {
      this.#generation += 1;
      const header = {
        runId: this.#runId,
        generation: this.#generation,
        savedAt: new Date().toISOString(),
        library,
      };
      await this.#keys.write(encodeCheckpoint(capture, header));
    } catch (error) {
      this.#failure = error;
    } finally {
      capture.dispose();
    }
  }
}
