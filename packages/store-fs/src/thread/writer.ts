import { Worker } from 'node:worker_threads';
import {
  type CheckpointContent,
  type CheckpointParts,
  KeepfitError,
  type SetCondition,
} from '@keepfit/callbacks/store';
import { toFileError } from '../system/file-errors.js';
import { getCheckpointPath, createTempPath } from '../folder/file-names.js';
import type { Folder } from '../folder/folder.js';
import {
  createConflict,
  createDurabilityError,
  createLengthError,
  createSizeError,
  createWriteError,
} from '../write/write-errors.js';
import type { WriterFailure, WriterJob, WriterReply, WriterRequest } from './writer-messages.js';
import { writerThread } from './writer-thread.js';

const BUFFER_SIZE = 1024 * 1024;
/** Enough for the whole state of a small model, so that none of it waits for the next training step. */
const BUFFERS = 6;
/** Half of the buffers: they are filled while the thread writes the other half. */
const BUFFERS_PER_MESSAGE = 3;

/** Small enough that the disk begins early, and large enough that the overhead of each sync does not count. */
const SYNC_EVERY = 16 * BUFFER_SIZE;

/** Build tools that keep function names insert calls of this into functions. */
const PRELUDE = 'const __name = (value) => value;';

/**
 * Writes the checkpoints of one store in a separate thread. Each write takes a dozen operations of the file system one after the other.
 * In the thread of a training, whose event loop turns once per step, each of them would wait for another step.
 *
 * The bytes are copied once, into buffers that go to the thread and come back; the thread computes the checksums. The buffers are not
 * shared memory because V8 copies into that at a third of the speed.
 */
export class Writer {
  readonly #worker: Worker;
  #free: ArrayBuffer[] = [];
  #requests: WriterRequest[] = [];
  #failure: WriterFailure | undefined;
  #done: { version: string; time: bigint } | undefined;
  #isAborted = false;
  #hasEnded = false;
  #fault: unknown;
  #isBusy = false;
  #isClosed = false;
  #wake: () => void = () => undefined;

  /** @throws an error of Node when it has no threads. */
  constructor() {
    const code = `${PRELUDE}
const { parentPort } = require('node:worker_threads');
let replies = [];
let isAnswering = false;
const answer = () => {
  parentPort.postMessage(replies, replies.flatMap(({ buffer }) => buffer ?? []));
  replies = [];
};
const port = {
  on: (_event, listener) => parentPort.on('message', (requests) => {
    isAnswering = true;
    requests.forEach(listener);
    isAnswering = false;
    answer();
  }),
  postMessage: (reply) => {
    replies.push(reply);
    if (!isAnswering) answer();
  },
};
(${writerThread.toString()})(require('node:fs'), port, ${SYNC_EVERY}, require('node:zlib').crc32);`;
    // The thread needs no modules that this process preloads, and no profile at its end.
    this.#worker = new Worker(code, { eval: true, execArgv: [], name: 'keepfit-writer' });
    this.#worker.on('message', (replies: readonly WriterReply[]) =>
      replies.forEach((reply) => this.#receive(reply)),
    );
    this.#worker.on('error', (error) => {
      this.#fault = error;
      this.#end();
    });
    this.#worker.on('exit', () => this.#end());
    this.#worker.unref();
  }

  /** Whether it can take a checkpoint now. */
  get isIdle(): boolean {
    return !this.#isBusy && !this.#hasEnded;
  }

  /** Does the same as `writeCheckpoint`. Call it only when idle. */
  async write(
    folder: Folder,
    key: string,
    content: CheckpointContent,
    condition: SetCondition | undefined,
  ): Promise<string> {
    const path = getCheckpointPath(folder.path, key);
    const job: WriterJob = {
      temp: createTempPath(folder.path, key),
      path,
      folder: folder.path,
      byteLength: content.byteLength,
      partLengths: content.parts?.lengths ?? [],
      replaces: condition?.replaces,
      newestTime: folder.newestTime,
    };
    this.#isBusy = true;
    this.#worker.ref();
    try {
      this.#begin(job);
      await this.#putAll(job, content);
      const { version, time } = await folder.commits.run(() => this.#commit(job));
      if (time > folder.newestTime) folder.newestTime = time;
      return version;
    } catch (error) {
      await this.#abort();
      throw error;
    } finally {
      this.#worker.unref();
      this.#isBusy = false;
      if (this.#isClosed) await this.#worker.terminate();
    }
  }

  /** Ends the thread once the running write is done. */
  async close(): Promise<void> {
    this.#isClosed = true;
    if (!this.#isBusy) await this.#worker.terminate();
  }

  #begin(job: WriterJob): void {
    // Buffers that the thread had when something failed are lost.
    while (this.#free.length < BUFFERS) this.#free.push(new ArrayBuffer(BUFFER_SIZE));
    this.#failure = undefined;
    this.#done = undefined;
    this.#isAborted = false;
    this.#post({ kind: 'begin', job });
  }

  async #putAll(job: WriterJob, { byteLength, chunks, parts }: CheckpointContent): Promise<void> {
    const length =
      parts === undefined
        ? await this.#putChunks(job, chunks)
        : (await this.#putParts(job, parts)) + 4 * job.partLengths.length;
    if (length !== byteLength) throw createLengthError(job.temp, byteLength, String(length));
  }

  async #putParts(job: WriterJob, { readInto }: CheckpointParts): Promise<number> {
    let total = 0;
    for (;;) {
      const buffer = await this.#takeBuffer(job);
      const length = await readInto(new Uint8Array(buffer));
      if (length === 0) {
        this.#free.push(buffer);
        return total;
      }
      this.#post({ kind: 'write', buffer, length });
      total += length;
    }
  }

  async #putChunks(job: WriterJob, chunks: AsyncIterable<Uint8Array>): Promise<number> {
    let total = 0;
    for await (const chunk of chunks) {
      total += chunk.byteLength;
      if (total > job.byteLength) throw createLengthError(job.temp, job.byteLength, `${total} or more`);
      // The chunk may be any view; its bytes count.
      const bytes = new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength);
      for (let offset = 0; offset < bytes.length; offset += BUFFER_SIZE) {
        const part = bytes.subarray(offset, offset + BUFFER_SIZE);
        const buffer = await this.#takeBuffer(job);
        new Uint8Array(buffer).set(part);
        this.#post({ kind: 'write', buffer, length: part.length });
      }
    }
    return total;
  }

  async #takeBuffer(job: WriterJob): Promise<ArrayBuffer> {
    await this.#waitUntil(job, () => this.#free.length > 0);
    return this.#free.shift() as ArrayBuffer;
  }

  async #commit(job: WriterJob): Promise<{ version: string; time: bigint }> {
    this.#post({ kind: 'commit' });
    await this.#waitUntil(job, () => this.#done !== undefined);
    return this.#done as { version: string; time: bigint };
  }

  /** Resolves when the thread has removed the temp file and no message of this checkpoint is on its way. */
  async #abort(): Promise<void> {
    this.#post({ kind: 'abort' });
    while (!this.#isAborted && !this.#hasEnded) await this.#waitForReply();
  }

  /** Waits until the thread has reached a state. */
  async #waitUntil(job: WriterJob, isReached: () => boolean): Promise<void> {
    while (!isReached()) {
      if (this.#failure !== undefined) throw createError(job, this.#failure);
      if (this.#hasEnded) throw createEndedError(job, this.#fault);
      await this.#waitForReply();
    }
  }

  #waitForReply(): Promise<void> {
    this.#send();
    return new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
  }

  /** Messages are expensive compared with a small checkpoint, so they are sent in threes, or when this thread must wait. */
  #post(request: WriterRequest): void {
    this.#requests.push(request);
    if (this.#requests.length > BUFFERS_PER_MESSAGE) this.#send();
  }

  #send(): void {
    if (this.#requests.length === 0) return;
    const buffers = this.#requests.flatMap((request) => (request.kind === 'write' ? [request.buffer] : []));
    this.#worker.postMessage(this.#requests, buffers);
    this.#requests = [];
  }

  #receive(reply: WriterReply): void {
    if (reply.kind === 'freed') this.#free.push(reply.buffer);
    else if (reply.kind === 'done') this.#done = reply;
    else if (reply.kind === 'aborted') this.#isAborted = true;
    else this.#failure = reply.failure;
    this.#wake();
  }

  #end(): void {
    this.#hasEnded = true;
    this.#wake();
  }
}

/** `fault` is the error that ended the thread, if any: no memory, or a tool that has rewritten the function it runs. */
function createEndedError({ path }: WriterJob, fault: unknown): KeepfitError {
  const reason = fault === undefined ? '' : ` (${fault instanceof Error ? fault.message : String(fault)})`;
  const message = `the thread that writes ${path} has ended${reason}; run fit again`;
  return new KeepfitError(
    'KEEPFIT_STORE_FAILED',
    message,
    fault === undefined ? undefined : { cause: fault },
  );
}

/** Creates the same error as a write in this thread. */
function createError(
  { temp, path, folder, byteLength, replaces }: WriterJob,
  failure: WriterFailure,
): KeepfitError {
  if (failure.why === 'conflict') return createConflict(path, folder, replaces ?? null, failure.found);
  if (failure.why === 'size') return createSizeError(temp, byteLength, failure.found);
  if (failure.why === 'write') return createWriteError(temp, failure.length, failure.written);
  const { action, path: where, code, message } = failure;
  const cause = Object.assign(new Error(message), code === '' ? {} : { code });
  if (action === 'sync the folder' && where === folder) return createDurabilityError(path, cause);
  return toFileError(cause, { owner: 'fsStore', action, path: where, byteLength });
}
