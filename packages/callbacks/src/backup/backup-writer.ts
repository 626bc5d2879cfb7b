import type { TrainingCapture } from '../contract/state.js';
import type { BackupKeys } from './backup-keys.js';
import { isOfModelCheckpoint } from '../stored/read-checkpoints.js';
import type { CheckpointHeader } from '../format/checkpoint-layout.js';
import { encodeCheckpoint } from '../format/encode-checkpoint.js';
import { toKeepfitError } from '../checks/format-error.js';
import type { StoreWait } from '../storage/store-wait.js';
import { untilAborted } from '../storage/until-aborted.js';
import { createRandomId } from '../callbacks/create-random-id.js';
import { version as library } from '../version.js';

/**
 * Writes the backups of one fit while training continues, one at a time. Keeps a failure until it is asked
 * for.
 */
export class BackupWriter {
  readonly #keys: BackupKeys;
  readonly #wait: StoreWait;
  #runId = createRandomId();
  #generation = 0;
  #inFlight: Promise<void> | undefined;
  /** A record because anything can be thrown, undefined too. */
  #failure: { readonly error: unknown } | undefined;

  constructor(keys: BackupKeys, wait: StoreWait) {
    this.#keys = keys;
    this.#wait = wait;
  }

  /** Call it when a checkpoint was found: later backups get higher generations. */
  startAfter({ generation }: CheckpointHeader): void {
    this.#generation = generation;
  }

  /**
   * Call it when training continues from that checkpoint: later backups belong to its run. A model of
   * `ModelCheckpoint` has no backups, so a run of backups begins with the next one.
   */
  continueRun(header: CheckpointHeader): void {
    if (!isOfModelCheckpoint(header)) this.#runId = header.runId;
  }

  get hasFailed(): boolean {
    return this.#failure !== undefined || this.#wait.ended.aborted;
  }

  /** Starts to write a capture, and disposes it afterwards. Call it when idle. */
  start(capture: TrainingCapture): void {
    this.#inFlight = this.#write(capture);
  }

  /** Resolves when no backup is in flight. Never rejects. */
  async waitUntilIdle(): Promise<void> {
    // The end of the wait is a failure of this writer: see `throwFailure`.
    if (this.#inFlight !== undefined) await this.#wait.during(this.#inFlight).catch(() => undefined);
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
   * Throws the failure since the last call, if there is one. A KeepfitError is thrown unchanged. After the use
   * of the store has ended, throws the reason each time.
   *
   * @throws KEEPFIT_BACKUP_FAILED when any other error made a backup fail.
   */
  throwFailure(): void {
    const { ended } = this.#wait;
    if (ended.aborted) throw ended.reason;
    const failure = this.#failure;
    if (failure === undefined) return;
    this.#failure = undefined;
    const what = 'the backup could not be written; the last good checkpoint is intact';
    throw toKeepfitError(failure.error, 'KEEPFIT_BACKUP_FAILED', what);
  }

  async #write(capture: TrainingCapture): Promise<void> {
    const { ended } = this.#wait;
    try {
      this.#generation += 1;
      const header = {
        runId: this.#runId,
        generation: this.#generation,
        savedAt: new Date().toISOString(),
        library,
      };
      await untilAborted(this.#keys.write(encodeCheckpoint(capture, header), capture.verification), ended);
    } catch (error) {
      this.#failure = { error };
    } finally {
      capture.dispose();
    }
  }
}
