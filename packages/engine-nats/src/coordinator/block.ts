import { countBlocks } from '@keepfit/engine-threads/internal';
import { cutTree, type ShardSum, type ShardTask } from '@keepfit/fit/engine';
import type { Part } from '../wire/parts.js';

/** A part of the tree of shards, and who computes it. */
export interface Block {
  readonly from: number;
  readonly to: number;
  readonly tasks: readonly [ShardTask, ...ShardTask[]];
  sum: ShardSum | undefined;
  /** Who gave the sum; undefined if it was the coordinator itself. */
  by: string | undefined;
  /** Who has taken it and did not answer. */
  readonly takers: Set<string>;
  /** How many of its jobs lie in the queue. */
  queued: number;
  /** When the last of them was put there, in milliseconds. */
  queuedAt: number;
  /** Whether a second worker must give the same bytes. */
  check: 'none' | 'wanted' | 'waiting' | 'settling';
  /** Parts of answers, by worker. */
  readonly parts: Map<string, (Part | undefined)[]>;
}

/**
 * Cuts a step into blocks for so many workers.
 *
 * @param verify Which share of the blocks two workers compute.
 */
export function createBlocks(tasks: readonly ShardTask[], workers: number, verify: number): readonly Block[] {
  return cutTree(tasks.length, countBlocks(tasks.length, workers)).map(({ from, to }) => ({
    from,
    to,
    tasks: tasks.slice(from, to) as [ShardTask, ...ShardTask[]],
    sum: undefined,
    by: undefined,
    takers: new Set(),
    queued: 0,
    queuedAt: 0,
    check: isDrawn(verify) ? 'wanted' : 'none',
    parts: new Map(),
  }));
}

/** Draws by a generator that no worker can predict, and no training uses. */
function isDrawn(share: number): boolean {
  return share > 0 && (crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) < share * 2 ** 32;
}
