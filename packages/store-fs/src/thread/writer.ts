import type { CheckpointContent } from '@keepfit/callbacks/store';
import { createTempPath, getCheckpointPath } from '../folder/file-names.js';
import type { Folder } from '../folder/folder.js';
import { recoverWrite } from '../write/recover-write.js';
import type { WriteCondition } from '../write/check-condition.js';
import { createNote, fromSentError, readNote, type WriterJob } from './messages.js';
import { copyLengths, sendContent } from './send-content.js';
import { ThreadLine, type WriterThread } from './thread-line.js';

/**
 * Writes the checkpoints of one store in a separate thread. Each write takes a dozen operations of the file
 * system one after the other. In the thread of a training, whose event loop turns once per step, each of them
 * would wait for another step.
 *
 * The bytes are copied once, into buffers that go to the thread and come back; the thread computes the
 * checksums. The buffers are not shared memory because V8 copies into that at a third of the speed.
 */
export class Writer {
  readonly #thread: WriterThread;
  readonly #line: ThreadLine;
  #isBusy = false;
  #isClosed = false;

  constructor(thread: WriterThread) {
    this.#thread = thread;
    this.#line = new ThreadLine(thread);
    thread.unref();
  }

  get isBusy(): boolean {
    return this.#isBusy;
  }

  /** Why the thread has ended by itself; undefined if it has not. */
  get fault(): string | undefined {
    return this.#line.fault;
  }

  /**
   * Does the same as `writeCheckpoint`. If the thread has ended before the checkpoint was in place, it
   * resolves to undefined, and nothing is left of it. Call it when it is not busy.
   */
  async write(
    folder: Folder,
    key: string,
    content: CheckpointContent,
    condition: WriteCondition | undefined,
  ): Promise<string | undefined> {
    const job = createJob(folder, key, content, condition);
    this.#isBusy = true;
    this.#thread.ref();
    try {
      this.#line.begin(job);
      try {
        await sendContent(this.#line, content, getCheckpointPath(folder.path, key));
      } catch (error) {
        this.#line.post({ kind: 'abort' });
        if ((await this.#line.waitForOutcome()) === undefined) await recoverWrite(folder, key, job.temp, '');
        throw error;
      }
      return await folder.commits.run(() => this.#commit(folder, job));
    } finally {
      this.#thread.unref();
      this.#isBusy = false;
      if (this.#isClosed) await this.#line.close();
    }
  }

  /** Ends the thread once the running write is done. */
  async close(): Promise<void> {
    this.#isClosed = true;
    if (!this.#isBusy) await this.#line.close();
  }

  async #commit(folder: Folder, { key, temp, renaming }: WriterJob): Promise<string | undefined> {
    this.#line.post({ kind: 'commit' });
    const outcome = await this.#line.waitForOutcome();
    if (outcome === undefined) return recoverWrite(folder, key, temp, readNote(renaming));
    const { isPrepared, known } = outcome.folder;
    folder.isPrepared = isPrepared;
    const file = known.get(key);
    if (file !== undefined) folder.known.set(key, file);
    if (typeof outcome.result === 'string') return outcome.result;
    throw fromSentError(outcome.result);
  }
}

function createJob(
  { path, syncEvery, isPrepared, known }: Folder,
  key: string,
  { byteLength, parts }: CheckpointContent,
  condition: WriteCondition | undefined,
): WriterJob {
  const file = known.get(key);
  return {
    folder: { path, syncEvery, isPrepared, known: new Map(file && [[key, file]]) },
    key,
    temp: createTempPath(path, key),
    byteLength,
    partLengths: parts && copyLengths(parts, byteLength, getCheckpointPath(path, key)),
    condition,
    renaming: createNote(),
  };
}
