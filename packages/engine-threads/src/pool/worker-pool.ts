import { KeepfitError } from '@keepfit/callbacks';
import type { ShardSum, ShardTask } from '@keepfit/fit/engine';
import type { FromWorker, SentWeights, WorkerTraining } from '../contract/messages.js';
import type { StartThread, Thread } from '../contract/thread.js';
import { unpackError } from '../contract/sent-error.js';

/** A worker of the pool. */
export interface Member {
  /** From 1, never used twice. */
  readonly id: number;
  /** The version of the weights that it was sent last. */
  weights: number | undefined;
  /** What it computes, and since when, in milliseconds of `performance.now()`. Undefined if it has nothing to do. */
  work: { readonly job: number; readonly shards: number; readonly since: number } | undefined;
  /** Shards and batches that it has computed. */
  computed: number;
  /** Milliseconds that it took for them. */
  busy: number;
}

/** Hears of the members while a step is shared among them. */
export interface PoolListener {
  onIdle(member: Member): void;
  onSum(member: Member, job: number, sum: ShardSum): void;
  /** The job will not be answered. */
  onLost(job: number): void;
  /** The step cannot be computed. */
  onFailure(error: KeepfitError): void;
}

interface Started extends Member {
  readonly thread: Thread;
  state: 'starting' | 'idle' | 'busy';
}

/** Workers that ended in a row, none having answered in between, after which something is wrong with them all. */
const MOST_LOSSES = 3;

/**
 * Threads that compute for one training. Those that end are replaced.
 *
 * ```
 * starting ─▶ idle ⇄ busy        a thread that ends, from any state ─▶ gone, and another one starts
 * ```
 */
export class WorkerPool {
  readonly #start: StartThread;
  #members: readonly Started[] = [];
  #size: number;
  #training: WorkerTraining | undefined;
  #incarnation = 0;
  #started = 0;
  #jobs = 0;
  /** How many members have ended since one answered. */
  #losses = 0;
  #listener: PoolListener | undefined;
  /** Settles `begin`. */
  #waiting: { readonly resolve: () => void; readonly reject: (error: unknown) => void } | undefined;
  readonly #stopping = new Set<Promise<void>>();

  constructor(start: StartThread, size: number) {
    this.#start = start;
    this.#size = size;
  }

  get members(): readonly (Member & { readonly state: Started['state'] })[] {
    return this.#members;
  }

  get idle(): readonly Member[] {
    return this.#members.filter(({ state }) => state === 'idle');
  }

  /** Who hears of the members from now on. */
  set listener(listener: PoolListener | undefined) {
    this.#listener = listener;
  }

  /** Prepares all members for a training. Rejects if one of them refuses it, or none starts. */
  async begin(training: WorkerTraining): Promise<void> {
    this.#training = training;
    this.#incarnation += 1;
    this.#losses = 0;
    const ready = new Promise<void>((resolve, reject) => (this.#waiting = { resolve, reject }));
    for (const member of this.#members) this.#prepare(member);
    this.#fill();
    try {
      await ready;
    } finally {
      this.#waiting = undefined;
    }
  }

  /** How many members there are from now on. Those who are too many end, idle ones first. */
  resize(size: number): void {
    this.#size = size;
    if (this.#training === undefined) return;
    const byUse = [...this.#members].sort((a, b) => Number(a.state === 'busy') - Number(b.state === 'busy'));
    for (const member of byUse.slice(0, Math.max(0, this.#members.length - size))) this.#end(member);
    this.#fill();
    this.#checkReady();
  }

  /** Gives a job to an idle member, and returns its number. */
  give(member: Member, weights: SentWeights, tasks: readonly [ShardTask, ...ShardTask[]]): number {
    this.#jobs += 1;
    const job = this.#jobs;
    const work = { job, shards: tasks.length, since: performance.now() };
    Object.assign(member, { state: 'busy', work, weights: weights.version });
    (member as Started).thread.post({ kind: 'compute', job, weights, tasks });
    return job;
  }

  /** Ends a member that does not answer, and starts another one. */
  replace(member: Member): void {
    this.#end(member as Started);
    this.#fill();
  }

  /** Ends all members. Resolves when their threads have ended. */
  async end(): Promise<void> {
    this.#training = undefined;
    const members = this.#members;
    this.#members = [];
    for (const member of members) void this.#stop(member);
    await Promise.all(this.#stopping);
  }

  #end(member: Started): void {
    if (this.#remove(member)) void this.#stop(member);
  }

  #stop({ thread }: Started): Promise<void> {
    const stopped = thread.stop().finally(() => this.#stopping.delete(stopped));
    this.#stopping.add(stopped);
    return stopped;
  }

  /** Starts the members that are missing. */
  #fill(): void {
    while (this.#training !== undefined && this.#members.length < this.#size) this.#startMember();
  }

  #startMember(): void {
    this.#started += 1;
    const id = this.#started;
    const find = (): Started | undefined => this.#members.find((member) => member.id === id);
    const thread = this.#start({
      onMessage: (message) => {
        const member = find();
        if (member !== undefined) this.#receive(member, (message ?? {}) as FromWorker);
      },
      onGone: (cause) => {
        const member = find();
        if (member !== undefined) this.#lose(member, cause);
      },
    });
    const started: Started = {
      id,
      thread,
      state: 'starting',
      weights: undefined,
      work: undefined,
      computed: 0,
      busy: 0,
    };
    this.#members = [...this.#members, started];
    this.#prepare(started);
  }

  #prepare(member: Started): void {
    if (this.#training === undefined) return;
    Object.assign(member, { state: 'starting', work: undefined, weights: undefined });
    member.thread.post({ kind: 'begin', incarnation: this.#incarnation, training: this.#training });
  }

  #receive(member: Started, message: FromWorker): void {
    switch (message.kind) {
      case 'ready':
        if (message.incarnation !== this.#incarnation || member.state !== 'starting') return;
        this.#becomeIdle(member);
        this.#checkReady();
        return;
      case 'refused':
        if (message.incarnation === this.#incarnation) this.#fail(unpackError(message.error));
        return;
      case 'sum':
      case 'failed':
        // Anything else is an answer to a question of the past.
        if (message.job !== member.work?.job) return;
        this.#losses = 0;
        if (message.kind === 'failed') this.#fail(unpackError(message.error));
        else this.#listener?.onSum(member, message.job, message.sum);
        this.#becomeIdle(member);
    }
  }

  #becomeIdle(member: Started): void {
    Object.assign(member, { state: 'idle', work: undefined });
    this.#listener?.onIdle(member);
  }

  #checkReady(): void {
    if (this.#members.every(({ state }) => state !== 'starting')) this.#waiting?.resolve();
  }

  /** A thread has ended without being asked to. */
  #lose(member: Started, cause: unknown): void {
    this.#losses += 1;
    if (this.#losses > MOST_LOSSES + this.#size) {
      this.#members = this.#members.filter((other) => other !== member);
      this.#fail(createLossError(this.#losses, cause));
      return;
    }
    this.#remove(member);
    this.#fill();
  }

  #remove(member: Started): boolean {
    if (!this.#members.includes(member)) return false;
    this.#members = this.#members.filter((other) => other !== member);
    if (member.work !== undefined) this.#listener?.onLost(member.work.job);
    return true;
  }

  #fail(error: KeepfitError): void {
    this.#waiting?.reject(error);
    this.#listener?.onFailure(error);
  }
}

function createLossError(losses: number, cause: unknown): KeepfitError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new KeepfitError(
    'KEEPFIT_ENGINE_FAILED',
    `${losses} workers ended one after the other, and none of them answered. The last one: ${reason}`,
    { cause },
  );
}
