import type { KeepfitError } from '@keepfit/callbacks';
import { printWarning, timers } from '@keepfit/callbacks/internal';
import { type Pace, unpackError } from '@keepfit/engine-threads/internal';
import { type ShardComputer, type SharedStep, type ShardSum, sumBlocks, sumTree } from '@keepfit/fit/engine';
import type { JobHead, WorkerHead } from '../contract/messages.js';
import { decodeValue, encodeValue } from '../wire/codec.js';
import { collectPart } from '../wire/parts.js';
import { runInWindow } from '../wire/run-in-window.js';
import { type Block, createBlocks } from './block.js';
import type { Channel } from './channel.js';
import { isSameSum } from './is-same-sum.js';
import type { Roster, Work, Worker } from './roster.js';

/** What a step is shared with. */
export interface SharingTools {
  readonly channel: Channel;
  readonly roster: Roster;
  readonly pace: Pace;
  /** Which share of the blocks two workers compute. */
  readonly verify: number;
  /** Computes a block that two workers disagree about, or that only one has computed. */
  readonly local: ShardComputer;
}

/** A step, and its place among the others. */
export interface NumberedStep {
  readonly tasks: SharedStep['tasks'];
  /** Which call of `sum` it is, from 1. */
  readonly sum: number;
  /** The version of its weights. */
  readonly weights: number;
}

/** How much longer than usual a lone worker may take until its block is given out again. */
const LONE = 4;

/** How long a block may take, in milliseconds, while nobody knows how long it takes. */
const FIRST = 2000;

/** How long a job may lie in the queue, in milliseconds, although a worker waits: it went to one that is gone. */
const UNTAKEN = 500;

/** How long the second worker of a check may take at least, in milliseconds, until this machine does it. */
const CHECK = 5000;

/**
 * Shares a step among workers, and resolves to its sum.
 *
 * ```
 * tree of shards ─▶ blocks ─▶ board, queue ─▶ workers ─▶ sums of blocks ─▶ sum of the tree
 *                                ▲               │
 *                                └── a block that nobody computes, or that takes long: the first answer counts
 * ```
 */
export class Sharing {
  readonly #tools: SharingTools;
  readonly #step: NumberedStep;
  readonly #blocks: readonly Block[];
  #timer: ReturnType<typeof timers.setTimeout> | undefined;
  #resolve: (sum: ShardSum) => void = () => {};
  #reject: (error: unknown) => void = () => {};
  #isWritten = false;
  #isOver = false;
  /** Whether the queue may have jobs when the step is over. */
  #hasSpareJobs = false;

  constructor(tools: SharingTools, step: NumberedStep) {
    this.#tools = tools;
    this.#step = step;
    const workers = Math.max(1, tools.roster.workers.length);
    this.#blocks = createBlocks(step.tasks, workers, tools.verify);
  }

  /** Whether the queue must be cleared before the next step. */
  get hasSpareJobs(): boolean {
    return this.#hasSpareJobs;
  }

  /** @param written Resolves when the weights are on the board. */
  async run(written: Promise<void>): Promise<ShardSum> {
    try {
      return await new Promise<ShardSum>((resolve, reject) => {
        this.#resolve = resolve;
        this.#reject = reject;
        this.#begin(written).catch(reject);
      });
    } finally {
      this.#isOver = true;
      timers.clearTimeout(this.#timer);
      if (this.#blocks.some(({ queued, takers }) => queued > 0 || takers.size > 0)) this.#hasSpareJobs = true;
    }
  }

  /** A worker has nothing to do: what it had taken will not come. */
  onIdle(worker: string): void {
    for (const { takers } of this.#blocks) takers.delete(worker);
    this.#giveOut();
  }

  onMessage(
    worker: Worker,
    head: Exclude<WorkerHead, { readonly kind: 'idle' | 'refused' }>,
    body: Uint8Array,
  ): void {
    const sum = head.kind === 'part' ? head.version : head.sum;
    const block = sum === this.#step.sum ? this.#blocks[head.block] : undefined;
    if (head.kind === 'taken') {
      worker.work = { sum, block: head.block, shards: block?.tasks.length ?? 1, since: timers.now() };
      if (block === undefined) return;
      block.takers.add(worker.id);
      block.queued = Math.max(0, block.queued - 1);
    } else if (block === undefined) return;
    else if (head.kind === 'failed') this.#reject(unpackError(head.error));
    else {
      const bytes = collectPart(block.parts, worker.id, { head, body });
      if (bytes !== undefined) this.#addSum(block, worker, decodeSum(bytes));
    }
  }

  /** The server has lost the queue. */
  onRestart(): void {
    for (const block of this.#blocks) {
      block.takers.clear();
      block.queued = 0;
    }
    this.#giveOut();
  }

  onFailure(error: KeepfitError): void {
    this.#reject(error);
  }

  async #begin(written: Promise<void>): Promise<void> {
    const { channel } = this.#tools;
    await Promise.all([
      written,
      channel.checkCurrent(),
      runInWindow([...this.#blocks.entries()], ([at, { tasks }]) =>
        channel.write(`block-${at}`, this.#step.sum, encodeValue(tasks)),
      ),
    ]);
    this.#isWritten = true;
    this.#giveOut();
  }

  /** Puts the blocks into the queue that nobody computes, and those that take long if somebody can. */
  #giveOut(): void {
    if (!this.#isWritten || this.#isOver) return;
    const { channel, pace } = this.#tools;
    const now = timers.now();
    const idle = this.#tools.roster.idle.length;
    let spare = idle - this.#blocks.reduce((queued, block) => queued + block.queued, 0);
    const jobs = [...this.#blocks.entries()].flatMap(([at, block]) => {
      if (block.sum !== undefined || !this.#isMissing(block, now, { idle, spare })) return [];
      spare -= 1;
      return [this.#createJob(at, block, now)];
    });
    this.#replaceChecks(now);
    channel.post(jobs).catch(this.#reject);
    timers.clearTimeout(this.#timer);
    this.#timer = timers.setTimeout(() => this.#giveOut(), pace.wait ?? FIRST);
  }

  #isMissing(
    block: Block,
    now: number,
    { idle, spare }: { readonly idle: number; readonly spare: number },
  ): boolean {
    const { pace } = this.#tools;
    if (block.queued > 0)
      return idle > 0 && now - block.queuedAt > Math.max(UNTAKEN, LONE * (pace.wait ?? FIRST));
    return [...block.takers].every((taker) => this.#isLate(taker, now, spare > 0 ? undefined : LONE));
  }

  #isLate(taker: string, now: number, factor: number | undefined): boolean {
    const { roster, pace } = this.#tools;
    const work = roster.find(taker)?.work;
    if (work === undefined || work.sum !== this.#step.sum) return true;
    return pace.wait === undefined ? now - work.since > FIRST : pace.isLate({ work }, now, factor);
  }

  #createJob(at: number, block: Block, now: number): Omit<JobHead, 'incarnation'> {
    if (block.queuedAt > 0) this.#hasSpareJobs = true;
    block.queued += 1;
    block.queuedAt = now;
    const { sum, weights } = this.#step;
    return { sum, block: at, weights, except: block.by };
  }

  #addSum(block: Block, worker: Worker, sum: ShardSum | undefined): void {
    block.takers.delete(worker.id);
    const { work } = worker;
    if (work !== undefined) this.#note(worker, work);
    if (sum === undefined) return;
    if (block.sum === undefined) {
      block.sum = sum;
      block.by = worker.id;
      if (block.check === 'wanted') this.#askAnother(block);
    } else if (block.check === 'waiting' && block.by !== worker.id) {
      if (isSameSum(block.sum, sum)) block.check = 'none';
      else this.#settle(block, { worker: worker.id, sum }).catch(this.#reject);
    }
    this.#finish();
  }

  #note(worker: Worker, { shards, since }: Work): void {
    const took = timers.now() - since;
    this.#tools.pace.note(took, shards);
    worker.computed += shards;
    worker.busy += took;
    worker.work = undefined;
  }

  #finish(): void {
    const done = this.#blocks.filter(
      (block): block is Block & { readonly sum: ShardSum } =>
        block.sum !== undefined && block.check !== 'waiting' && block.check !== 'settling',
    );
    if (done.length === this.#blocks.length && !this.#isOver) {
      this.#isOver = true;
      this.#resolve(sumBlocks(done, { reuse: true }));
    }
  }

  /** Gives a block to a second worker. Without one, this machine is the second. */
  #askAnother(block: Block): void {
    if (this.#isAlone(block)) {
      this.#settle(block).catch(this.#reject);
      return;
    }
    block.check = 'waiting';
    const job = this.#createJob(this.#blocks.indexOf(block), block, timers.now());
    this.#tools.channel.post([job]).catch(this.#reject);
  }

  /** Whether there is nobody but the worker that has computed the block. */
  #isAlone({ by }: Block): boolean {
    const { roster } = this.#tools;
    return roster.workers.every(
      (worker) => worker.id === by || (roster.isQuiet(worker) && worker.work?.sum !== this.#step.sum),
    );
  }

  /** A second worker that does not answer must not stop the training. */
  #replaceChecks(now: number): void {
    const patience = Math.max(CHECK, LONE * (this.#tools.pace.wait ?? CHECK));
    for (const block of this.#blocks)
      if (block.check === 'waiting' && (now - block.queuedAt > patience || this.#isAlone(block)))
        this.#settle(block).catch(this.#reject);
  }

  /** Computes a block here, and dismisses whoever has other bytes. */
  async #settle(block: Block, second?: { readonly worker: string; readonly sum: ShardSum }): Promise<void> {
    block.check = 'settling';
    const sums: ShardSum[] = [];
    for (const task of block.tasks) sums.push(await this.#tools.local.compute(task));
    const own = sumTree(sums as [ShardSum, ...ShardSum[]]);
    for (const { worker, sum } of [{ worker: block.by, sum: block.sum }, second ?? {}])
      if (worker !== undefined && !isSameSum(sum, own)) this.#dismiss(worker);
    Object.assign(block, { sum: own, by: undefined, check: 'none' });
    this.#giveOut();
    this.#finish();
  }

  /** Leaves a worker out, and all that it has computed for this step. */
  #dismiss(worker: string): void {
    const { channel, roster } = this.#tools;
    roster.dismiss(worker);
    channel.tell({ kind: 'dismissed', incarnation: channel.incarnation, worker });
    printWarning(
      `keepfit: the worker ${worker} gave other bytes than this machine for the same shards, and computes no more for this run`,
    );
    for (const block of this.#blocks) {
      block.takers.delete(worker);
      block.parts.delete(worker);
      if (block.by === worker && block.check !== 'settling')
        Object.assign(block, { sum: undefined, by: undefined, check: 'wanted' });
    }
  }
}

/** Undefined if the bytes are no sum. */
function decodeSum(bytes: Uint8Array<ArrayBuffer>): ShardSum | undefined {
  try {
    const { gradients, assigned, logs, outputs } = decodeValue(bytes) as ShardSum;
    const isSum = [gradients, assigned, logs, outputs].every(Array.isArray);
    return isSum ? { gradients, assigned, logs, outputs } : undefined;
  } catch {
    return undefined;
  }
}
