import { Worker } from 'node:worker_threads';
import {
  type CheckpointContent,
  type CheckpointParts,
  KeepfitError,
  type SetCondition,
} from '@keepfit/callbacks/store';
import { attempt } from '../system/with-file-errors.js';
import { checkpointPath, newTempPath } from '../file-names.js';
import type { Folder } from '../folder.js';
import { conflict, notDurable, wrongLength, wrongSize, wrongWrite } from '../write/write-errors.js';
import type { WriterFailure, WriterJob, WriterReply, WriterRequest } from './writer-messages.js';
import { writerThread } from './writer-thread.js';

const SLOT_SIZE = 1024 * 1024;
/** A small model's state fits as a whole, so that nothing of it waits for the training step that comes next. */
const SLOTS = 6;
/** Half of them: these are filled while the thread writes the others. */
const SLOTS_A_MESSAGE = 3;

/** Small enough that the disk begins early, and large enough that what each sync writes of its own does not count. */
const SYNC_EVERY = 16 * SLOT_SIZE;

/** Build tools that keep the names of functions put calls of this into them. */
const PRELUDE = 'const __name = (value) => value;';

/**
 * Writes the checkpoints of one store in a thread of its own. Each write takes a dozen operations of the file system one after the other;
 * in the thread of a training, whose event loop turns once a step, each of them would wait for another step.
 *
 * What is written is copied once, into slots that go to the thread and come back; the thread takes the checksums. The slots are no shared
 * memory, for V8 copies into that at a third of the speed.
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

  /** @throws where there are no threads. */
  constructor() {
    const code = `${PRELUDE}
const { parentPort } = require('node:worker_threads');
let replies = [];
let isAnswering = false;
const answer = () => {
  parentPort.postMessage(replies, replies.flatMap(({ slot }) => slot ?? []));
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
    // Neither what this process loads at its start, nor what is printed at the end of a thread, is of use here.
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

  /** As `writeCheckpoint`. Call it when idle. */
  async write(
    folder: Folder,
    key: string,
    content: CheckpointContent,
    condition: SetCondition | undefined,
  ): Promise<string> {
    const path = checkpointPath(folder.path, key);
    const job: WriterJob = {
      temp: newTempPath(folder.path, key),
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

  /** Ends the thread, when it has written what it is writing. */
  async close(): Promise<void> {
    this.#isClosed = true;
    if (!this.#isBusy) await this.#worker.terminate();
  }

  #begin(job: WriterJob): void {
    // Those that the thread had when something failed are lost.
    while (this.#free.length < SLOTS) this.#free.push(new ArrayBuffer(SLOT_SIZE));
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
    if (length !== byteLength) throw wrongLength(job.temp, byteLength, String(length));
  }

  async #putParts(job: WriterJob, { readInto }: CheckpointParts): Promise<number> {
    let total = 0;
    for (;;) {
      const slot = await this.#freeSlot(job);
      const length = await readInto(new Uint8Array(slot));
      if (length === 0) {
        this.#free.push(slot);
        return total;
      }
      this.#post({ kind: 'write', slot, length });
      total += length;
    }
  }

  async #putChunks(job: WriterJob, chunks: AsyncIterable<Uint8Array>): Promise<number> {
    let total = 0;
    for await (const chunk of chunks) {
      total += chunk.byteLength;
      if (total > job.byteLength) throw wrongLength(job.temp, job.byteLength, `${total} or more`);
      // Whatever view it is, its bytes are meant.
      const bytes = new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength);
      for (let offset = 0; offset < bytes.length; offset += SLOT_SIZE) {
        const part = bytes.subarray(offset, offset + SLOT_SIZE);
        const slot = await this.#freeSlot(job);
        new Uint8Array(slot).set(part);
        this.#post({ kind: 'write', slot, length: part.length });
      }
    }
    return total;
  }

  async #freeSlot(job: WriterJob): Promise<ArrayBuffer> {
    await this.#until(job, () => this.#free.length > 0);
    return this.#free.shift() as ArrayBuffer;
  }

  async #commit(job: WriterJob): Promise<{ version: string; time: bigint }> {
    this.#post({ kind: 'commit' });
    await this.#until(job, () => this.#done !== undefined);
    return this.#done as { version: string; time: bigint };
  }

  /** Resolves when the thread has removed the temp file, and nothing of this checkpoint is on its way. */
  async #abort(): Promise<void> {
    this.#post({ kind: 'abort' });
    while (!this.#isAborted && !this.#hasEnded) await this.#reply();
  }

  /** Waits for the thread until it has come so far. */
  async #until(job: WriterJob, isReached: () => boolean): Promise<void> {
    while (!isReached()) {
      if (this.#failure !== undefined) throw await errorOf(job, this.#failure);
      if (this.#hasEnded) throw threadEnded(job, this.#fault);
      await this.#reply();
    }
  }

  #reply(): Promise<void> {
    this.#send();
    return new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
  }

  /** Messages are dear beside the little work of a small checkpoint: they go in threes, or when the thread is waited for. */
  #post(request: WriterRequest): void {
    this.#requests.push(request);
    if (this.#requests.length > SLOTS_A_MESSAGE) this.#send();
  }

  #send(): void {
    if (this.#requests.length === 0) return;
    const slots = this.#requests.flatMap((request) => (request.kind === 'write' ? [request.slot] : []));
    this.#worker.postMessage(this.#requests, slots);
    this.#requests = [];
  }

  #receive(reply: WriterReply): void {
    if (reply.kind === 'freed') this.#free.push(reply.slot);
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

/** `fault` is what it ended with, if anything: no memory, or a tool that has rewritten the function that it runs. */
function threadEnded({ path }: WriterJob, fault: unknown): KeepfitError {
  const reason = fault === undefined ? '' : ` (${fault instanceof Error ? fault.message : String(fault)})`;
  const message = `the thread that writes ${path} has ended${reason}; run fit again`;
  return new KeepfitError(
    'KEEPFIT_STORE_FAILED',
    message,
    fault === undefined ? undefined : { cause: fault },
  );
}

/** The error in the words of fsStore. */
async function errorOf(
  { temp, path, folder, byteLength, replaces }: WriterJob,
  failure: WriterFailure,
): Promise<unknown> {
  if (failure.why === 'conflict') return conflict(path, folder, replaces ?? null, failure.found);
  if (failure.why === 'size') return wrongSize(temp, byteLength, failure.found);
  if (failure.why === 'write') return wrongWrite(temp, failure.length, failure.written);
  const { action, path: where, code, message } = failure;
  const cause = Object.assign(new Error(message), code === '' ? {} : { code });
  if (action === 'sync the folder' && where === folder) return notDurable(path, cause);
  return attempt(action, where, () => Promise.reject(cause), byteLength).catch((error: unknown) => error);
}
