import type { KeepfitError } from '@keepfit/callbacks';
import {
  cutTree,
  type HostTensor,
  type SharedStep,
  type ShardSum,
  type ShardTask,
  sumBlocks,
} from '@keepfit/fit/engine';
import type { Crew, CrewListener, Member } from './crew.js';
import type { Pace } from './pace.js';
import type { WeightsMemory } from './weights-memory.js';

/** A part of the tree of shards, and who computes it. */
interface Block {
  readonly from: number;
  readonly to: number;
  readonly tasks: readonly [ShardTask, ...ShardTask[]];
  sum: ShardSum | undefined;
  /** Whoever was given it and has not answered, by job. */
  readonly jobs: Map<number, { readonly member: Member; readonly since: number }>;
}

/** What a step is shared with. */
export interface SharingTools {
  readonly crew: Crew;
  readonly weights: WeightsMemory;
  readonly pace: Pace;
}

/**
 * Shares a step among the members of a crew, and resolves to its sum.
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

class Sharing implements CrewListener {
  readonly #tools: SharingTools;
  readonly #values: readonly HostTensor[];
  readonly #blocks: readonly Block[];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #resolve: (sum: ShardSum) => void = () => {};
  #reject: (error: unknown) => void = () => {};

  constructor(tools: SharingTools, tasks: SharedStep['tasks'], values: readonly HostTensor[]) {
    this.#tools = tools;
    this.#values = values;
    this.#blocks = cutTree(tasks.length, countBlocks(tasks.length, tools.crew.members.length)).map(
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
    const { crew } = this.#tools;
    try {
      return await new Promise<ShardSum>((resolve, reject) => {
        this.#resolve = resolve;
        this.#reject = reject;
        crew.listener = this;
        this.#giveOut();
      });
    } finally {
      crew.listener = undefined;
      clearTimeout(this.#timer);
    }
  }

  onIdle(): void {
    this.#giveOut();
  }

  onSum(member: Member, job: number, sum: ShardSum): void {
    const block = this.#blocks.find(({ jobs }) => jobs.has(job));
    if (block === undefined) return;
    const took = performance.now() - (block.jobs.get(job)?.since ?? 0);
    this.#tools.pace.note(took, block.tasks.length);
    member.computed += block.tasks.length;
    member.busy += took;
    block.jobs.delete(job);
    block.sum ??= sum;
    if (this.#blocks.every(({ sum: found }) => found !== undefined))
      this.#resolve(sumBlocks(this.#blocks as readonly (Block & { readonly sum: ShardSum })[]));
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
    const { crew, pace, weights } = this.#tools;
    const now = performance.now();
    for (const member of crew.idle) {
      const block = this.#findUntaken() ?? this.#findLate(now);
      if (block === undefined) break;
      const sent = weights.prepare(this.#values, member.weights);
      block.jobs.set(crew.give(member, sent, block.tasks), { member, since: now });
    }
    for (const member of this.#listSilent(now)) crew.dismiss(member);
    clearTimeout(this.#timer);
    const wait = pace.wait;
    if (wait !== undefined) this.#timer = setTimeout(() => this.#giveOut(), wait);
  }

  #findUntaken(): Block | undefined {
    return this.#blocks.find(({ sum, jobs }) => sum === undefined && jobs.size === 0);
  }

  #findLate(now: number): Block | undefined {
    return this.#blocks.find(
      ({ sum, jobs, tasks }) =>
        sum === undefined &&
        jobs.size === 1 &&
        [...jobs.values()].every(({ since }) => this.#tools.pace.isLate(now - since, tasks.length)),
    );
  }

  /** Members who have had a block for so long that they will hardly ever answer. */
  #listSilent(now: number): readonly Member[] {
    return this.#blocks.flatMap(({ jobs, tasks }) =>
      [...jobs.values()]
        .filter(({ since }) => this.#tools.pace.isSilent(now - since, tasks.length))
        .map(({ member }) => member),
    );
  }
}

/** One block for each member, or single shards if the blocks would keep some of them waiting for others. */
function countBlocks(shards: number, members: number): number {
  const blocks = cutTree(shards, Math.max(1, members));
  const largest = Math.max(...blocks.map(({ from, to }) => to - from));
  return largest > Math.ceil(shards / Math.max(1, members)) ? shards : blocks.length;
}
