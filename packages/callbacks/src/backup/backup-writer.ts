import type { TrainingCapture } from '../contract/state.js';
import type { BackupKeys } from './backup-keys.js';
import type { CheckpointHeader } from '../format/checkpoint-header.js';
import { encodeCheckpoint } from '../format/encode-checkpoint.js';
import { isKeepfitError, KeepfitError } from '../contract/keepfit-error.js';
import { randomId } from '../callbacks/random-id.js';
import { version as library } from '../version.js';

/** Writes the backups of one fit beside the training, at most one at a time. A failure is kept until somebody asks. */
export class BackupWriter {
  readonly #keys: BackupKeys;
  #runId = randomId();
  #generation = 0;
  #inFlight: Promise<void> | undefined;
  #failure: unknown;

  constructor(keys: BackupKeys) {
    this.#keys = keys;
  }

  /** A checkpoint was found: what is written from here on is newer. */
  startAfter({ generation }: CheckpointHeader): void {
    this.#generation = generation;
  }

  /** The training goes on from that checkpoint, and is of its run. */
  continueRun({ runId }: CheckpointHeader): void {
    this.#runId = runId;
  }

  get hasFailed(): boolean {
    return this.#failure !== undefined;
  }

  /** Begins to write a capture, and disposes it when that is done. Call it when idle. */
  start(capture: TrainingCapture): void {
    this.#inFlight = this.#write(capture);
  }

  /** Resolves when nothing is being written. Never rejects. */
  async untilIdle(): Promise<void> {
    await this.#inFlight;
  }

  /** Resolves when what was started is as safe as the store makes it. @throws as `throwFailure` */
  async waitAndThrow(): Promise<void> {
    await this.untilIdle();
    this.throwFailure();
  }

  /** Throws what has failed since it was last asked. @throws KEEPFIT_BACKUP_FAILED, and errors of keepfit as they are */
  throwFailure(): void {
    const failure = this.#failure;
    if (failure === undefined) return;
    this.#failure = undefined;
    if (isKeepfitError(failure)) throw failure;
    const reason = failure instanceof Error ? failure.message : String(failure);
    throw new KeepfitError(
      'KEEPFIT_BACKUP_FAILED',
      `the backup could not be written, and the last good checkpoint is intact: ${reason}`,
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
