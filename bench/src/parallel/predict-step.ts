/** What the growth of a shared step is predicted from. Milliseconds, and MB of 10^6 bytes. */
export interface SharingConstants {
  /** What each shard after the first one adds to the work of a batch. */
  readonly shard: number;
  /** What the coordinator adds to a step, whatever the number of workers and weights. */
  readonly coordinator: number;
  /** The time to add the sums of two workers, for each MB of weights. */
  readonly add: number;
  /** The time to copy a MB of weights within a machine. */
  readonly copy: number;
}

/**
 * Who talks to whom: threads with shared memory; machines around one coordinator; or machines in a tree, in which relays
 * pass the weights down and add aligned blocks of the tree of shards on the way up.
 */
export type Layout = 'threads' | 'hub' | 'relays';

/** A step to be shared. */
export interface SharedWork {
  /** Milliseconds of the step on one thread, not cut. */
  readonly alone: number;
  /** MB of the weights. */
  readonly megabytes: number;
  readonly workers: number;
  /** @default one for each worker */
  readonly shards?: number;
  /** MB that a machine sends or receives in a millisecond. Threads need none. @default infinite */
  readonly bandwidth?: number;
}

/**
 * Predicts the milliseconds of a shared step:
 *
 * ```
 * work of the worker with most shards  (alone + shard · (shards − 1)) · ⌈shards ÷ workers⌉ ÷ shards
 * + coordinator
 * + weights, read and written once     2 · copy · MB
 * + sums and their way                 threads: add · MB · (workers − 1)
 *                                      hub:     the same, and 2 · workers · MB ÷ bandwidth
 *                                      relays:  for each level of the tree, what a hub of its relays takes
 * ```
 *
 * Nothing overlaps in it, and workers do not slow each other down, which they do if they share a memory bus or cores. The
 * bench compares it with a measured step.
 */
export function predictStep(layout: Layout, work: SharedWork, constants: SharingConstants): number {
  const { alone, megabytes, workers, shards = workers, bandwidth = Infinity } = work;
  const { shard, coordinator, add, copy } = constants;
  const computed = ((alone + shard * (shards - 1)) * Math.ceil(shards / workers)) / shards;
  const hub = (members: number): number => megabytes * (add * (members - 1) + (2 * members) / bandwidth);
  const moved =
    layout === 'threads'
      ? megabytes * add * (workers - 1)
      : layout === 'hub'
        ? hub(workers)
        : findFastestTree(workers, hub);
  return computed + coordinator + 2 * copy * megabytes + moved;
}

/** A block of the tree of shards is aligned if its shards are a power of two, so relays have as many members. */
function findFastestTree(workers: number, hub: (members: number) => number): number {
  let fastest = hub(workers);
  for (let members = 2; members < workers; members *= 2) {
    const levels = Math.ceil(Math.log(workers) / Math.log(members) - 1e-9);
    fastest = Math.min(fastest, levels * hub(members));
  }
  return fastest;
}

/**
 * Finds the shortest step on one thread that sharing makes faster, in milliseconds; Infinity if none.
 *
 * @param work All but the time of the step.
 */
export function findShortestStep(
  layout: Layout,
  work: Omit<SharedWork, 'alone'>,
  constants: SharingConstants,
): number {
  // The prediction is linear in the time of the step.
  const without = predictStep(layout, { ...work, alone: 0 }, constants);
  const { workers, shards = workers } = work;
  const part = Math.ceil(shards / workers) / shards;
  return part < 1 ? without / (1 - part) : Infinity;
}
