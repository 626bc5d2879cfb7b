import { KeepfitError } from '@keepfit/callbacks';
import { timers } from '@keepfit/callbacks/internal';
import type { Msg, NatsConnection, QueuedIterator, Status, Subscription } from '@nats-io/nats-core';
import { readCurrent, writeCurrent, writeToBoard } from '../board/board.js';
import { connectJetStream, type JetStream } from '../board/connect-jetstream.js';
import { explainRefusal } from '../board/explain-refusal.js';
import { createStreams, deleteStreams, isPassing } from '../board/streams.js';
import type { JobHead, NewsHead, WorkerHead } from '../contract/messages.js';
import type { Subjects } from '../contract/subjects.js';
import { readPacket, writePacket } from '../wire/packet.js';
import { runInWindow } from '../wire/run-in-window.js';

/** Hears of the workers, and of the connection. */
export interface ChannelListener {
  onMessage(head: WorkerHead, body: Uint8Array): void;
  /** The server has forgotten the jobs, or may have. */
  onRestart(): void;
  /** The incarnation cannot compute any more. */
  onFailure(error: KeepfitError): void;
}

/** Bytes on the board, which are written again after a restart of the server. */
interface Written {
  readonly version: number;
  readonly bytes: Uint8Array;
}

/** How long to wait before a request that nobody answered is repeated, in milliseconds. */
const PAUSE = 250;

/**
 * One incarnation of a coordinator on a server.
 *
 * ```
 * begin ─▶ write, post, … ─▶ end
 *             ▲      │
 *             └──────┴── the server was restarted: streams and board are made again
 * ```
 */
export class Channel {
  readonly incarnation: string = crypto.randomUUID();
  readonly #connection: NatsConnection;
  readonly #subjects: Subjects;
  readonly #listener: ChannelListener;
  readonly #written = new Map<string, Written>();
  #subscriptions: readonly Subscription[] = [];
  #statuses: AsyncIterable<Status> | undefined;
  #jetStream: JetStream | undefined;
  #error: KeepfitError | undefined;
  #hasEnded = false;
  /** Run when the connection is there again. */
  readonly #onReconnect = new Set<() => void>();
  #restoring: Promise<void> | undefined;

  constructor(connection: NatsConnection, subjects: Subjects, listener: ChannelListener) {
    this.#connection = connection;
    this.#subjects = subjects;
    this.#listener = listener;
  }

  /** Takes the run over from any coordinator before, and tells the workers. */
  async begin(training: Uint8Array): Promise<void> {
    this.#jetStream = await connectJetStream(this.#connection, this.#subjects);
    this.#subscribe();
    this.#written.set('training', { version: 1, bytes: training });
    await this.#persist(() => this.#createBoard());
  }

  /** Writes bytes on the board, in place of those under this name. */
  async write(name: string, version: number, bytes: Uint8Array): Promise<void> {
    this.#written.set(name, { version, bytes });
    await this.#persist(() => this.#write(name));
  }

  /** Puts jobs into the queue, without waiting for workers. */
  async post(jobs: readonly Omit<JobHead, 'incarnation'>[]): Promise<void> {
    const { incarnation } = this;
    const packets = jobs.map((job) => writePacket({ ...job, incarnation } satisfies JobHead));
    await this.#persist(() =>
      runInWindow(packets, async (packet) => this.#jetStream?.client.publish(this.#subjects.work, packet)),
    );
  }

  /** Takes all jobs out of the queue, also those that a worker has and did not finish. */
  async clearQueue(): Promise<void> {
    await this.#persist(async () => this.#jetStream?.manager.streams.purge(this.#subjects.workStream));
  }

  /** Rejects if another coordinator has begun. */
  async checkCurrent(): Promise<void> {
    await this.#persist(() => this.#restore());
  }

  /** Tells all workers something. */
  tell(news: NewsHead): void {
    if (!this.#connection.isClosed()) this.#connection.publish(this.#subjects.news, writePacket(news));
  }

  /** Leaves nothing on the server, unless another coordinator has begun. */
  async end(): Promise<void> {
    this.#hasEnded = true;
    for (const subscription of this.#subscriptions) subscription.unsubscribe();
    (this.#statuses as QueuedIterator<Status> | undefined)?.stop();
    this.#written.clear();
    const manager = this.#jetStream?.manager;
    if (manager === undefined || this.#connection.isClosed()) return;
    try {
      if ((await readCurrent(manager, this.#subjects)) !== this.incarnation) return;
      await deleteStreams(manager, this.#subjects);
      this.tell({ kind: 'ended', incarnation: this.incarnation });
      await this.#connection.flush();
    } catch (error) {
      const refusal = explainRefusal(error, this.#connection, this.#subjects);
      // The former error says more than what follows from it.
      if (refusal !== undefined && this.#error === undefined) throw refusal;
      // A server that is gone holds nothing: the streams are in its memory.
      if (refusal === undefined && !isPassing(error) && !this.#connection.isClosed()) throw error;
    }
  }

  #subscribe(): void {
    const { incarnation } = this;
    const answers = this.#connection.subscribe(this.#subjects.answersTo(incarnation), {
      callback: (error, message) => {
        if (error === null) this.#receive(message);
      },
    });
    const news = this.#connection.subscribe(this.#subjects.news, {
      callback: (_, message) => {
        const { kind, incarnation: other } = (readPacket(message.data)?.head ?? {}) as Partial<NewsHead>;
        if (kind === 'begun' && other !== incarnation) this.checkCurrent().catch(() => undefined);
      },
    });
    this.#subscriptions = [answers, news];
    this.#statuses = this.#connection.status();
    void this.#watch(this.#statuses);
    void this.#connection.closed().then((error) => this.#fail(createClosedError(error)));
  }

  #receive(message: Msg): void {
    // Whoever sent a part may send the next one.
    if (message.reply !== undefined && message.reply !== '') message.respond();
    const packet = this.#hasEnded ? undefined : readPacket(message.data);
    if (packet === undefined) return;
    const head = packet.head as WorkerHead;
    if (head.kind !== 'part' || head.incarnation === this.incarnation)
      this.#listener.onMessage(head, packet.body);
  }

  async #watch(statuses: AsyncIterable<Status>): Promise<void> {
    for await (const status of statuses) {
      if (status.type === 'error') this.#failIfRefused(status.error);
      if (status.type !== 'reconnect' || this.#hasEnded) continue;
      this.#restoring = undefined;
      for (const repeat of this.#onReconnect) repeat();
      // The listener hears of an error.
      await this.checkCurrent().catch(() => undefined);
    }
  }

  /** Makes streams and board again if the server has lost them. */
  #restore(): Promise<void> {
    const restoring = (this.#restoring ??= this.#restoreOnce().finally(() => {
      if (this.#restoring === restoring) this.#restoring = undefined;
    }));
    return restoring;
  }

  async #restoreOnce(): Promise<void> {
    const current = this.#jetStream && (await readCurrent(this.#jetStream.manager, this.#subjects));
    if (current === undefined) await this.#createBoard();
    else if (current !== this.incarnation) this.#fail(createSupersededError());
  }

  async #createBoard(): Promise<void> {
    if (this.#jetStream === undefined) return;
    const { client, manager } = this.#jetStream;
    const { board, workStream, boardStream } = this.#subjects;
    const former = await readCurrent(manager, this.#subjects);
    await createStreams(manager, this.#subjects);
    // First of all, so that the former coordinator does not take its own loss for a restart of the server.
    await writeCurrent(client, this.#subjects, this.incarnation);
    await manager.streams.purge(workStream);
    if (former !== undefined && former !== this.incarnation)
      await manager.streams.purge(boardStream, { filter: `${board}.${former}.>` });
    for (const name of this.#written.keys()) await this.#write(name);
    this.tell({ kind: 'begun', incarnation: this.incarnation });
    this.#listener.onRestart();
  }

  async #write(name: string): Promise<void> {
    const written = this.#written.get(name);
    if (written === undefined || this.#jetStream === undefined) return;
    const place = { incarnation: this.incarnation, name, version: written.version };
    const maxPayload = this.#connection.info?.max_payload;
    await writeToBoard(this.#jetStream.client, this.#subjects, place, written.bytes, maxPayload);
  }

  /** Repeats a request until the server has answered it. */
  async #persist(request: () => Promise<unknown>): Promise<void> {
    for (;;) {
      this.#throwIfFailed();
      try {
        await this.#untilReconnect(request());
        this.#throwIfFailed();
        return;
      } catch (error) {
        this.#failIfRefused(error);
        this.#throwIfFailed();
        if (!(error instanceof Reconnected) && !isPassing(error))
          throw new KeepfitError('KEEPFIT_ENGINE_FAILED', `the server refused a request: ${String(error)}`, {
            cause: error,
          });
        if (!(error instanceof Reconnected)) await pause();
        await this.#restore().catch(() => undefined);
      }
    }
  }

  /** A request that was on the way when the connection was lost may never be answered. */
  async #untilReconnect(request: Promise<unknown>): Promise<void> {
    let repeat = (): void => {};
    const reconnected = new Promise<never>((_, reject) => (repeat = () => reject(new Reconnected())));
    this.#onReconnect.add(repeat);
    try {
      await Promise.race([request, reconnected]);
    } finally {
      this.#onReconnect.delete(repeat);
    }
  }

  /** The user lacks a permission, so it is of no use to wait. */
  #failIfRefused(error: unknown): void {
    const refusal = explainRefusal(error, this.#connection, this.#subjects);
    if (refusal !== undefined) this.#fail(refusal);
  }

  #throwIfFailed(): void {
    if (this.#error !== undefined) throw this.#error;
  }

  #fail(error: KeepfitError): void {
    if (this.#hasEnded || this.#error !== undefined) return;
    this.#error = error;
    this.#listener.onFailure(error);
  }
}

class Reconnected extends Error {}

function pause(): Promise<void> {
  return new Promise((resolve) => timers.setTimeout(resolve, PAUSE));
}

function createSupersededError(): KeepfitError {
  return new KeepfitError(
    'KEEPFIT_ENGINE_FAILED',
    'another coordinator has begun this run; let one only call fit, or give each its own run',
  );
}

function createClosedError(cause: unknown): KeepfitError {
  return new KeepfitError(
    'KEEPFIT_ENGINE_FAILED',
    `the connection to the server was closed${cause instanceof Error ? `: ${cause.message}` : ''}. Connect with maxReconnectAttempts: -1 to wait for a server that restarts`,
    { cause },
  );
}
