import type { NatsConnection } from '@nats-io/nats-core';
import { readCurrent } from '../board/board.js';
import type { JetStream } from '../board/connect-jetstream.js';
import type { WorkerHead } from '../contract/messages.js';
import type { Subjects } from '../contract/subjects.js';
import { writePacket } from '../wire/packet.js';
import { cutIntoParts } from '../wire/parts.js';
import { runInWindow } from '../wire/run-in-window.js';
import { pause, PAUSE } from './pause.js';

/** How long the coordinator may take to receive a part, in milliseconds: it computes too. */
const RECEIPT = 10_000;

/** How often a part is sent, with a pause in between, before the answer is given up. */
const MOST_SENDINGS = 60;

/** What a worker has computed for a job. */
export interface Computed {
  readonly worker: string;
  readonly incarnation: string;
  readonly sum: number;
  readonly block: number;
  readonly bytes: Uint8Array;
}

/** Sends what a worker has computed until the coordinator has it, unless another one has begun the run. */
export class AnswerSender {
  readonly #connection: NatsConnection;
  readonly #subjects: Subjects;
  /** End the waits for receipts. */
  readonly #receipts = new Set<() => void>();

  constructor(connection: NatsConnection, subjects: Subjects) {
    this.#connection = connection;
    this.#subjects = subjects;
  }

  /** @param isWanted Whether the worker still computes for this incarnation. */
  async send(
    manager: JetStream['manager'],
    { worker, incarnation, sum, block, bytes }: Computed,
    isWanted: () => boolean,
  ): Promise<void> {
    const parts = cutIntoParts(bytes, { incarnation, version: sum }, this.#connection.info?.max_payload);
    await runInWindow(parts, async ({ head, body }) => {
      const part: WorkerHead = { kind: 'part', worker, block, ...head };
      await this.#sendPart(manager, incarnation, writePacket(part, body), isWanted);
    });
  }

  /** Rejects what is being sent, because another coordinator has begun and a killed one does not answer any more. */
  giveUp(): void {
    for (const giveUp of this.#receipts) giveUp();
  }

  async #sendPart(
    manager: JetStream['manager'],
    incarnation: string,
    packet: Uint8Array,
    isWanted: () => boolean,
  ): Promise<void> {
    for (let sendings = 1; ; sendings++)
      try {
        await this.#untilGivenUp(
          this.#connection.request(this.#subjects.answersTo(incarnation), packet, { timeout: RECEIPT }),
        );
        return;
      } catch (error) {
        if (!isWanted() || sendings === MOST_SENDINGS) throw error;
        // A killed coordinator tells nobody that the run has ended. Without an answer, the board may be away too.
        const current = await readCurrent(manager, this.#subjects).catch(() => incarnation);
        if (current !== incarnation) throw error;
        await pause(PAUSE);
      }
  }

  async #untilGivenUp(receipt: Promise<unknown>): Promise<void> {
    let giveUp = (): void => {};
    const givenUp = new Promise<never>((_, reject) => {
      giveUp = () => reject(new DOMException('another coordinator has begun the run', 'TimeoutError'));
    });
    this.#receipts.add(giveUp);
    try {
      await Promise.race([receipt, givenUp]);
    } finally {
      this.#receipts.delete(giveUp);
    }
  }
}
