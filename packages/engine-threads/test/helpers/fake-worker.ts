import { EventEmitter } from 'node:events';
import type { FromWorker, ToWorker } from '../../src/contract/messages.js';
import type { CreateTraining } from '../../src/shard-worker/create-runner.js';
import { serveOn } from '../../src/shard-worker/serve-shards.js';

/** What a fake worker does with an answer of its own: the answers that it gives instead. */
export type Change = (
  answer: FromWorker,
  worker: FakeWorker,
) => readonly FromWorker[] | Promise<readonly FromWorker[]>;

/**
 * A worker that computes on the test's own thread, and looks like one of `worker_threads`. Messages are cloned, as
 * between threads. It can be killed at any instant.
 */
export class FakeWorker extends EventEmitter {
  #isAlive = true;
  #receive: (message: unknown) => void = () => {};

  constructor(create: CreateTraining, change: Change = (answer) => [answer]) {
    super();
    serveOn(
      {
        listen: (listener) => (this.#receive = listener),
        post: (message) => void this.#answer(structuredClone(message) as FromWorker, change),
      },
      create,
    );
  }

  postMessage(message: ToWorker): void {
    const sent = structuredClone(message);
    setImmediate(() => this.#isAlive && this.#receive(sent));
  }

  async terminate(): Promise<void> {
    this.kill();
  }

  /** Ends it at once. What it computes is lost. */
  kill(): void {
    if (!this.#isAlive) return;
    this.#isAlive = false;
    setImmediate(() => this.emit('exit', 1));
  }

  async #answer(answer: FromWorker, change: Change): Promise<void> {
    for (const given of await change(answer, this)) if (this.#isAlive) this.emit('message', given);
  }
}
