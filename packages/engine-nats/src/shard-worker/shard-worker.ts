import type { KeepfitError } from '@keepfit/callbacks';
import { printWarning } from '@keepfit/callbacks/internal';
import { packError } from '@keepfit/engine-threads/internal';
import type { HostTensor, ShardTask } from '@keepfit/fit/engine';
import type { Consumer, JsMsg } from '@nats-io/jetstream';
import type { NatsConnection, QueuedIterator, Status } from '@nats-io/nats-core';
import { connectJetStream, type JetStream } from '../board/connect-jetstream.js';
import { readCurrent, readFromBoard } from '../board/board.js';
import { explainRefusal } from '../board/explain-refusal.js';
import { isPassing } from '../board/streams.js';
import type { JobHead, NewsHead, WorkerHead, WorkerReport } from '../contract/messages.js';
import { REPORTS, type Subjects } from '../contract/subjects.js';
import { decodeValue, encodeValue } from '../wire/codec.js';
import { readPacket, writePacket } from '../wire/packet.js';
import { pause, PAUSE } from './pause.js';
import { AnswerSender } from './answer-sender.js';
import { HeldTraining, type SentTraining } from './held-training.js';
import { News } from './news.js';
import type { ServeShardsOptions } from './serve-options.js';

/** How long a worker waits for a job, in milliseconds, before it says again that it is idle. */
const EXPIRES = 2000;

/** How long a worker leaves a job to others that it must not take, in milliseconds. */
const LEFT_TO_OTHERS = 50;

/**
 * A worker of one run.
 *
 * ```
 * waiting ─▶ training from the board ─▶ idle ⇄ busy        another incarnation, or the end of this one ─▶ waiting
 * ```
 */
export class ShardWorker {
  readonly #options: ServeShardsOptions;
  readonly #connection: NatsConnection;
  readonly #subjects: Subjects;
  readonly #id: string;
  readonly #since = new Date().toISOString();
  readonly #training = new HeldTraining();
  /** The incarnation that it computes for, or was refused by. */
  #incarnation: string | undefined;
  #state: WorkerReport['state'] = 'waiting';
  readonly #answers: AnswerSender;
  /** What has happened since the board was read. */
  readonly #news = new News();
  #hasEnded = false;
  /** Why it may not serve. */
  #refusal: KeepfitError | undefined;
  /** The last reason that was printed. */
  #warned: string | undefined;

  constructor(options: ServeShardsOptions, subjects: Subjects) {
    this.#options = options;
    this.#connection = options.connection;
    this.#subjects = subjects;
    this.#answers = new AnswerSender(options.connection, subjects);
    this.#id = `${options.name ?? 'worker'} ${crypto.randomUUID().slice(0, 8)}`;
  }

  /** Serves until the connection is closed, or the signal is aborted. */
  async serve(): Promise<void> {
    const jetStream = await connectJetStream(this.#connection, this.#subjects);
    const { signal } = this.#options;
    const stop = (): void => {
      this.#hasEnded = true;
      this.#news.tell();
    };
    if (signal?.aborted === true) return;
    signal?.addEventListener('abort', stop);
    const unsubscribe = this.#subscribe(stop);
    try {
      while (!this.#isOver)
        try {
          await this.#serveRun(jetStream);
        } catch (error) {
          this.#refusal ??= explainRefusal(error, this.#connection, this.#subjects);
          if (this.#refusal !== undefined) break;
          this.#warn(error);
          await pause(PAUSE);
        }
      if (this.#refusal !== undefined) throw this.#refusal;
    } finally {
      signal?.removeEventListener('abort', stop);
      unsubscribe();
      this.#release();
    }
  }

  /** Once for each reason, because it tries again and again. */
  #warn(error: unknown): void {
    const reason = String(error);
    if (this.#isOver || isPassing(error) || reason === this.#warned) return;
    this.#warned = reason;
    printWarning(`keepfit: this worker cannot serve the run ${this.#options.run} now: ${reason}`);
  }

  get #isOver(): boolean {
    return this.#hasEnded || this.#connection.isClosed();
  }

  #subscribe(stop: () => void): () => void {
    const news = this.#connection.subscribe(this.#subjects.news, {
      callback: (error, { data }) => {
        if (error === null) this.#hear((readPacket(data)?.head ?? {}) as Partial<NewsHead>);
      },
    });
    const reports = this.#connection.subscribe(REPORTS, {
      callback: (error, message) => {
        if (error === null) message.respond(writePacket(this.#report()));
      },
    });
    const statuses = this.#connection.status();
    void this.#watch(statuses, stop);
    void this.#connection.closed().then(stop);
    return () => {
      (statuses as QueuedIterator<Status>).stop();
      for (const subscription of [news, reports]) subscription.unsubscribe();
    };
  }

  async #watch(statuses: AsyncIterable<Status>, stop: () => void): Promise<void> {
    for await (const status of statuses) {
      // A job that was asked for before the connection was lost never comes.
      if (status.type === 'reconnect') this.#news.tell();
      if (status.type !== 'error') continue;
      this.#refusal ??= explainRefusal(status.error, this.#connection, this.#subjects);
      if (this.#refusal !== undefined) stop();
    }
  }

  #hear(news: Partial<NewsHead>): void {
    if (news.kind === 'dismissed' && news.worker === this.#id) this.#leave('it gave wrong bytes');
    if (news.kind === 'begun' && news.incarnation !== this.#incarnation) this.#answers.giveUp();
    if (news.kind === 'ended' && news.incarnation === this.#incarnation) this.#release();
    this.#news.tell();
  }

  #report(): WorkerReport {
    const { run } = this.#options;
    const { computed, milliseconds } = this.#training;
    const [since, state] = [this.#since, this.#state];
    return { run, worker: this.#id, since, state, computed, milliseconds };
  }

  /** Serves the incarnation that computes now, if there is one, until there is news. */
  async #serveRun(jetStream: JetStream): Promise<void> {
    this.#news.clear();
    const reading = readCurrent(jetStream.manager, this.#subjects).then((incarnation) => ({ incarnation }));
    const read = await this.#news.race(reading);
    if (read === undefined) return;
    const current = read.incarnation;
    if (current !== this.#incarnation) await this.#prepare(jetStream, current);
    if (!this.#training.isThere || current === undefined) {
      await this.#news.sleep(EXPIRES);
      return;
    }
    const { workStream, consumer: name } = this.#subjects;
    const consumer = await this.#news.race(jetStream.client.consumers.get(workStream, name));
    while (consumer !== undefined && !this.#isOver && this.#incarnation === current) {
      this.#state = 'idle';
      this.#tell({ kind: 'idle', worker: this.#id });
      const message = await this.#take(consumer);
      if (message === undefined) return;
      this.#state = 'busy';
      await this.#work(jetStream, current, message);
    }
  }

  async #prepare({ manager }: JetStream, incarnation: string | undefined): Promise<void> {
    this.#release();
    if (incarnation === undefined) return;
    const place = { incarnation, name: 'training', version: 1 };
    const bytes = await this.#news.race(readFromBoard(manager, this.#subjects, place));
    if (bytes === undefined) return;
    this.#incarnation = incarnation;
    try {
      const isWanted = (): boolean => this.#incarnation === incarnation;
      await this.#training.hold(decodeValue(bytes) as SentTraining, this.#options, isWanted);
    } catch (error) {
      this.#tell({ kind: 'refused', worker: this.#id, error: packError(error) });
      this.#leave(error instanceof Error ? error.message : String(error));
    }
  }

  /** Undefined if there is none for some time, or there is news. */
  async #take(consumer: Consumer): Promise<JsMsg | undefined> {
    const messages = await consumer.fetch({ max_messages: 1, expires: EXPIRES });
    return await this.#news.during(
      () => void messages.close(),
      async () => {
        for await (const message of messages) return message;
        return undefined;
      },
    );
  }

  async #work(jetStream: JetStream, incarnation: string, message: JsMsg): Promise<void> {
    const job = readPacket(message.data)?.head as JobHead | undefined;
    if (job?.except === this.#id) {
      message.nak(LEFT_TO_OTHERS);
      await pause(LEFT_TO_OTHERS);
      return;
    }
    if (job?.incarnation === incarnation) {
      const { sum, block } = job;
      this.#tell({ kind: 'taken', worker: this.#id, sum, block });
      const tasks = await this.#read(jetStream, job);
      // Otherwise the step is over.
      if (tasks !== undefined) await this.#answer(jetStream, job, tasks);
    }
    message.ack();
  }

  /** Reads the weights and the shards of a job; undefined if they are no more. */
  async #read({ manager }: JetStream, job: JobHead): Promise<readonly ShardTask[] | undefined> {
    const { incarnation, sum, block, weights } = job;
    const read = (name: string, version: number) =>
      readFromBoard(manager, this.#subjects, { incarnation, name, version });
    const reading = Promise.all([
      this.#training.hasWeights(weights) ? undefined : read('weights', weights),
      read(`block-${block}`, sum),
    ]);
    const [values, tasks] = (await this.#news.race(reading)) ?? [];
    if (tasks === undefined || (values === undefined && !this.#training.hasWeights(weights)))
      return undefined;
    if (values !== undefined) this.#training.setWeights(decodeValue(values) as HostTensor[], weights);
    return decodeValue(tasks) as ShardTask[];
  }

  async #answer(
    { manager }: JetStream,
    { incarnation, sum, block }: JobHead,
    tasks: readonly ShardTask[],
  ): Promise<void> {
    const worker = this.#id;
    let bytes: Uint8Array;
    try {
      bytes = encodeValue(await this.#training.compute(tasks));
    } catch (error) {
      this.#tell({ kind: 'failed', worker, sum, block, error: packError(error) });
      return;
    }
    const isWanted = (): boolean => !this.#isOver && this.#incarnation === incarnation;
    await this.#answers.send(manager, { worker, incarnation, sum, block, bytes }, isWanted);
  }

  #tell(head: WorkerHead): void {
    if (this.#incarnation !== undefined && !this.#connection.isClosed())
      this.#connection.publish(this.#subjects.answersTo(this.#incarnation), writePacket(head));
  }

  /** Computes no more for the incarnation at hand. */
  #leave(reason: string): void {
    printWarning(`keepfit: this worker does not compute for the run ${this.#options.run}: ${reason}`);
    this.#training.release();
    this.#state = 'waiting';
  }

  #release(): void {
    this.#training.release();
    this.#incarnation = undefined;
    this.#state = 'waiting';
  }
}
