import type { WriterJob, WriterOutcome, WriterReply, WriterRequest } from './messages.js';

export const BUFFER_SIZE = 1024 * 1024;
/** Enough for the whole state of a small model, so that none of it waits for the next training step. */
const BUFFERS = 6;
/** Half of the buffers: they are filled while the thread writes the other half. */
const BUFFERS_PER_MESSAGE = 3;

/** The part of a Worker that the store uses. */
export interface WriterThread {
  on(event: 'message', listener: (replies: readonly WriterReply[]) => void): unknown;
  on(event: 'error', listener: (error: unknown) => void): unknown;
  on(event: 'exit', listener: (code: number) => void): unknown;
  postMessage(requests: readonly WriterRequest[], transfer: readonly ArrayBuffer[]): void;
  ref(): void;
  unref(): void;
  terminate(): Promise<unknown>;
}

/** The store's end of the line to the thread that writes. */
export class ThreadLine {
  readonly #thread: WriterThread;
  #free: ArrayBuffer[] = [];
  #requests: WriterRequest[] = [];
  #outcome: WriterOutcome | undefined;
  #error: unknown;
  #fault: string | undefined;
  #isClosed = false;
  #wake: () => void = () => undefined;

  constructor(thread: WriterThread) {
    this.#thread = thread;
    thread.on('message', (replies) => {
      for (const reply of replies) this.#receive(reply);
      this.#wake();
    });
    thread.on('error', (error) => {
      this.#error = error;
    });
    // Only after its exit, the thread certainly touches no file.
    thread.on('exit', (code) => {
      if (this.#isClosed) return;
      const error = this.#error ?? `it exited with code ${code}`;
      this.#fault = error instanceof Error ? error.message : String(error);
      this.#wake();
    });
  }

  /** Why the thread has ended by itself; undefined if it has not. */
  get fault(): string | undefined {
    return this.#fault;
  }

  begin(job: WriterJob): void {
    // Buffers that the thread had when something failed are lost.
    while (this.#free.length < BUFFERS) this.#free.push(new ArrayBuffer(BUFFER_SIZE));
    this.#outcome = undefined;
    this.post({ kind: 'begin', job });
  }

  /**
   * Messages are expensive compared with a small checkpoint, so they are sent in threes, or when this thread
   * must wait.
   */
  post(request: WriterRequest): void {
    this.#requests.push(request);
    if (this.#requests.length > BUFFERS_PER_MESSAGE) this.#send();
  }

  /** Resolves to undefined if the thread takes no more bytes. */
  async takeBuffer(): Promise<ArrayBuffer | undefined> {
    await this.#waitUntil(() => this.#free.length > 0);
    return this.#outcome === undefined ? this.#free.shift() : undefined;
  }

  returnBuffer(buffer: ArrayBuffer): void {
    this.#free.push(buffer);
  }

  /** Resolves to undefined if the thread has ended without one. */
  async waitForOutcome(): Promise<WriterOutcome | undefined> {
    await this.#waitUntil(() => false);
    return this.#outcome;
  }

  /** Ends the thread. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#thread.terminate();
  }

  /** Waits until the thread has reached a state, or has an outcome, or has ended. */
  async #waitUntil(isReached: () => boolean): Promise<void> {
    while (!isReached() && this.#outcome === undefined && this.#fault === undefined) {
      this.#send();
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  #send(): void {
    if (this.#requests.length === 0) return;
    const buffers = this.#requests.flatMap((request) => (request.kind === 'bytes' ? [request.buffer] : []));
    this.#thread.postMessage(this.#requests, buffers);
    this.#requests = [];
  }

  #receive(reply: WriterReply): void {
    if (reply.kind === 'freed') this.#free.push(reply.buffer);
    else this.#outcome = reply.outcome;
  }
}
