import { KeepfitError } from '@keepfit/callbacks';
import { checkOptions, printWarning, timers } from '@keepfit/callbacks/internal';
import { Pace, unpackError } from '@keepfit/engine-threads/internal';
import type { Engine, HostTensor, SharedStep, SharedTraining, ShardSum } from '@keepfit/fit/engine';
import type { NatsConnection } from '@nats-io/nats-core';
import type { WorkerHead } from './contract/messages.js';
import { nameSubjects, type Subjects } from './contract/subjects.js';
import { Channel, type ChannelListener } from './coordinator/channel.js';
import { Roster } from './coordinator/roster.js';
import { Sharing } from './coordinator/share-step.js';
import { encodeValue } from './wire/codec.js';
import { CONNECTION, RUN } from './options.js';

export interface NatsEngineOptions {
  /**
   * A connection to the server, by `connect` of `@nats-io/transport-node` or `wsconnect` of `@nats-io/nats-core`. It has
   * the addresses, the authentication and TLS. The engine does not close it.
   */
  readonly connection: NatsConnection;
  /** The name of the run: 1 to 64 letters, digits, "-" and "_". Workers give the same. */
  readonly run: string;
  /**
   * Which share of the work two workers compute, from 0 to 1, so that their bytes can be compared. On a difference, the
   * coordinator computes the shards itself, and leaves out the worker that was wrong, with all that it has computed for
   * the step. If no second worker answers, it compares with its own bytes. This finds faults; it does not protect from
   * workers that mean harm.
   *
   * @default 0
   */
  readonly verify?: number;
}

/** One worker, for displays. */
export interface WorkerStatus {
  readonly id: string;
  readonly state: 'idle' | 'busy';
  /** Shards and batches that it has computed. */
  readonly computed: number;
  /** Mean milliseconds for each of them; undefined before the first one. */
  readonly milliseconds: number | undefined;
}

/** An engine of workers that a server reaches. */
export interface NatsEngine extends Engine {
  /** The workers that are known now; none outside a fit. */
  readonly workers: readonly WorkerStatus[];
}

/** How long `fit` waits for a worker, in milliseconds, until it says so. */
const PATIENCE = 5000;

/**
 * Computes the shards of a training on other machines, by a NATS server with JetStream. The result has the bits of one
 * thread, whatever happens to the workers. They run `serveShards`, or `npx keepfit worker`, and may come and go.
 *
 * ```ts
 * const connection = await connect({ servers: 'nats://host', maxReconnectAttempts: -1 });
 * await fit(model, x, y, { shards: 4, engine: natsEngine({ connection, run: 'digits' }) });
 * ```
 *
 * `fit` waits until there is a worker. Without workers later on, it waits again. It says so once.
 *
 * @throws KEEPFIT_INVALID_OPTION when an option is unknown or invalid; from `fit`, when a worker cannot make the training.
 * @throws KEEPFIT_ENGINE_FAILED, from `fit`, when the server has no JetStream or refuses a request, the user lacks a
 *   permission, the connection is closed, a worker could not compute, or another coordinator has begun the same run.
 */
export function natsEngine(options: NatsEngineOptions): NatsEngine {
  checkOptions('natsEngine', options, {
    connection: CONNECTION,
    run: RUN,
    verify: [(value) => typeof value === 'number' && value >= 0 && value <= 1, 'a number from 0 to 1'],
  });
  const coordinator = new Coordinator(options, nameSubjects(options.run));
  return {
    name: 'natsEngine',
    get workers() {
      return coordinator.workers;
    },
    begin: (training) => coordinator.begin(training),
    sum: (step) => coordinator.sum(step),
    end: () => coordinator.end(),
  };
}

class Coordinator implements ChannelListener {
  readonly #options: NatsEngineOptions;
  readonly #subjects: Subjects;
  readonly #roster = new Roster();
  #pace = new Pace();
  #channel: Channel | undefined;
  #training: SharedTraining | undefined;
  #sharing: Sharing | undefined;
  #weights: readonly HostTensor[] | undefined;
  #version = 0;
  #sums = 0;
  #cleared = Promise.resolve();
  /** Whether it has said that there is no worker. */
  #hasWarned = false;
  /** Settles `begin`. */
  #waiting: { readonly resolve: () => void; readonly reject: (error: unknown) => void } | undefined;

  constructor(options: NatsEngineOptions, subjects: Subjects) {
    this.#options = options;
    this.#subjects = subjects;
  }

  get workers(): readonly WorkerStatus[] {
    return this.#roster.workers.map(({ id, work, computed, busy }) => ({
      id,
      state: work === undefined ? 'idle' : 'busy',
      computed,
      milliseconds: computed === 0 ? undefined : busy / computed,
    }));
  }

  async begin(training: SharedTraining): Promise<void> {
    await this.end();
    this.#training = training;
    this.#pace = new Pace();
    const channel = new Channel(this.#options.connection, this.#subjects, this);
    this.#channel = channel;
    const { replay, description, source } = training;
    const ready = new Promise<void>((resolve, reject) => (this.#waiting = { resolve, reject }));
    this.#hasWarned = false;
    const endWatch = this.#watch();
    try {
      await Promise.all([channel.begin(encodeValue({ replay, description, source })), ready]);
    } finally {
      endWatch();
      this.#waiting = undefined;
    }
  }

  async sum({ tasks, readWeights }: SharedStep): Promise<ShardSum> {
    const [channel, training] = [this.#channel, this.#training];
    if (channel === undefined || training === undefined)
      throw new KeepfitError('KEEPFIT_INVALID_STATE', 'begin must be called before sum');
    const { verify = 0 } = this.#options;
    const weights = await readWeights();
    const written = this.#writeWeights(channel, weights);
    this.#sums += 1;
    const tools = { channel, roster: this.#roster, pace: this.#pace, verify, local: training.local };
    const sharing = new Sharing(tools, { tasks, sum: this.#sums, weights: this.#version });
    this.#sharing = sharing;
    const endWatch = this.#watch();
    try {
      return await sharing.run(Promise.all([written, this.#cleared]).then(() => undefined));
    } finally {
      endWatch();
      this.#sharing = undefined;
      if (sharing.hasSpareJobs) {
        this.#cleared = channel.clearQueue();
        // The next step waits for it.
        this.#cleared.catch(() => undefined);
      }
    }
  }

  async end(): Promise<void> {
    const channel = this.#channel;
    this.#channel = undefined;
    this.#training = undefined;
    this.#weights = undefined;
    this.#cleared = Promise.resolve();
    this.#roster.clear();
    await channel?.end();
  }

  onMessage(head: WorkerHead, body: Uint8Array): void {
    if (typeof head.worker !== 'string') return;
    if (head.kind === 'refused') {
      this.#refuse(head.worker, unpackError(head.error));
      return;
    }
    const worker = this.#roster.hear(head.worker);
    if (worker === undefined) return;
    if (head.kind !== 'idle') {
      this.#sharing?.onMessage(worker, head, body);
      return;
    }
    worker.work = undefined;
    this.#waiting?.resolve();
    this.#sharing?.onIdle(worker.id);
  }

  onRestart(): void {
    this.#sharing?.onRestart();
  }

  onFailure(error: KeepfitError): void {
    this.#waiting?.reject(error);
    this.#sharing?.onFailure(error);
  }

  /** Warns once in a training when no worker is heard for a while. Returns the function that ends the watch. */
  #watch(): () => void {
    const { run } = this.#options;
    let timer: ReturnType<typeof timers.setTimeout> | undefined;
    const look = () => {
      if (this.#hasWarned) return;
      if (this.#roster.workers.every((worker) => this.#roster.isQuiet(worker))) {
        this.#hasWarned = true;
        printWarning(
          `keepfit: hears no worker of the run ${run}, and waits; start one: npx keepfit worker nats://host --run ${run}`,
        );
      } else timer = timers.setTimeout(look, PATIENCE);
    };
    timer = timers.setTimeout(look, PATIENCE);
    return () => timers.clearTimeout(timer);
  }

  /** A worker that comes when others compute already does not end the training. */
  #refuse(worker: string, error: KeepfitError): void {
    if (this.#waiting !== undefined) this.#waiting.reject(error);
    else printWarning(`keepfit: the worker ${worker} cannot compute for this run: ${error.message}`);
  }

  /** The same list has the same values. */
  #writeWeights(channel: Channel, weights: readonly HostTensor[]): Promise<void> {
    if (weights === this.#weights) return Promise.resolve();
    this.#weights = weights;
    this.#version += 1;
    return channel.write('weights', this.#version, encodeValue(weights));
  }
}
