import type { KeepfitError } from '@keepfit/callbacks';
import {
  cutTree,
  type HostTensor,
  type SharedStep,
  type ShardSum,
  type ShardTask,
  sumBlocks,
} from '@keepfit/fit/engine';
import type { Pace } from './pace.js';
import type { WeightsMemory } from './weights-memory.js';
import type { Member, PoolListener, WorkerPool } from './worker-pool.js';

/** A part of the tree of shards, and who computes it. */
interface Block {
  readonly from: number;
  readonly to: number;
  readonly tasks: readonly [ShardTask, ...ShardTask[]];
  sum: ShardSum | undefined;
  /** The members who were given it and have not answered, by job. */
  readonly jobs: Map<number, Member>;
}

/** What a step is shared with. */
export interface SharingTools {
  readonly pool: WorkerPool;
  readonly weights: WeightsMemory;
  readonly pace: Pace;
}

/**
 * Shares a step among the members of a pool, and resolves to its sum.
 *
 * ```
 * tree of shards ─▶ blocks ─▶ idle members ─▶ sums of blocks ─▶ sum of the tree
 *                      ▲            │
 *                      └── a member ended, or takes long: the block is given to another one; the first answer counts
 * ```
 */
export async function shareStep(tools: SharingTools, { tasks, readWeights }: SharedStep): Promise<ShardSum> {
  const sharing = new Sharing(tools, tasks, await readWeights());
  return sharing.run();
}

class Sharing implements PoolListener {
  readonly #tools: SharingTools;
  readonly #values: readonly HostTensor[];
  readonly #blocks: readonly Block[];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #resolve: (sum: ShardSum) => void = () => {};
  #reject: (error: unknown) => void = () => {};

  constructor(tools: SharingTools, tasks: SharedStep['tasks'], values: readonly HostTensor[]) {
    this.#tools = tools;
    this.#values = values;
    this.#blocks = cutTree(tasks.length, countBlocks(tasks.length, tools.pool.members.length)).map(
      ({ from, to }) => ({
        from,
        to,
        tasks: tasks.slice(from, to) as [ShardTask, ...ShardTask[]],
        sum: undefined,
        jobs: new Map(),
      }),
    );
  }

  async run(): Promise<ShardSum> {
    const { pool } = this.#tools;
    try {
      return await new Promise<ShardSum>((resolve, reject) => {
        this.#resolve = resolve;
        this.#reject = reject;
        pool.listener = this;
        this.#giveOut();
      });
    } finally {
      pool.listener = undefined;
      clearTimeout(this.#timer);
    }
  }

  onIdle(): void {
    this.#giveOut();
  }

  onSum(member: Member, job: number, sum: ShardSum): void {
    const block = this.#blocks.find(({ jobs }) => jobs.has(job));
    if (block === undefined) return;
    const took = performance.now() - (member.work?.since ?? 0);
    this.#tools.pace.note(took, block.tasks.length);
    member.computed += block.tasks.length;
    member.busy += took;
    block.jobs.delete(job);
    // A second answer changes nothing: the memory of the first may be part of the result already.
    if (block.sum !== undefined) return;
    block.sum = sum;
    const blocks = this.#blocks.filter(
      (one): one is Block & { readonly sum: ShardSum } => one.sum !== undefined,
    );
    if (blocks.length === this.#blocks.length) this.#resolve(sumBlocks(blocks, { reuse: true }));
  }

  onLost(job: number): void {
    for (const { jobs } of this.#blocks) jobs.delete(job);
    this.#giveOut();
  }

  onFailure(error: KeepfitError): void {
    this.#reject(error);
  }

  /** Gives idle members the blocks that nobody computes, and then those that take long. */
  #giveOut(): void {
    const { pool, pace, weights } = this.#tools;
    const now = performance.now();
    for (const member of pool.idle) {
      const block = this.#findUntaken() ?? this.#findLate(now);
      if (block === undefined) break;
      const sent = weights.prepare(this.#values, member.weights);
      block.jobs.set(pool.give(member, sent, block.tasks), member);
    }
    // Also those who were given a block of an earlier step that another one has answered.
    for (const member of pool.members) if (pace.isSilent(member, now)) pool.replace(member);
    clearTimeout(this.#timer);
    const wait = pace.wait;
    if (wait !== undefined) this.#timer = setTimeout(() => this.#giveOut(), wait);
  }

  #findUntaken(): Block | undefined {
    return this.#blocks.find(({ sum, jobs }) => sum === undefined && jobs.size === 0);
  }

  #findLate(now: number): Block | undefined {
    const { pace } = this.#tools;
    return this.#blocks.find(
      ({ sum, jobs }) =>
        sum === undefined &&
        jobs.size === 1 &&
        [...jobs.values()].every((member) => pace.isLate(member, now)),
    );
  }
}

/** One block for each member, or single shards if the blocks would keep some of them waiting for others. */
export function countBlocks(shards: number, members: number): number {
  const blocks = cutTree(shards, Math.max(1, members));
  const largest = Math.max(...blocks.map(({ from, to }) => to - from));
  return largest > Math.ceil(shards / Math.max(1, members)) ? shards : blocks.length;
}
