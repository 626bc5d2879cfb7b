import type { HostTensor, ShardSum } from '../contract/shard.js';

export interface SumOptions {
  /**
   * Adds into the memory of the sums that are given, which nobody must use afterwards. Large memory that is new in each
   * step makes V8 collect garbage every few steps.
   *
   * @default false
   */
  readonly reuse?: boolean;
}

/**
 * Adds two neighbouring blocks of shards: the left one has the lower numbers. Every addition of float32 is rounded
 * correctly, as any machine does it.
 */
export function addShards(left: ShardSum, right: ShardSum): ShardSum {
  return addBlocks(left, right, false);
}

function addBlocks(left: ShardSum, right: ShardSum, reuse: boolean): ShardSum {
  return {
    gradients: left.gradients.map((values, index) => addValues(values, right.gradients[index], reuse)),
    assigned: left.assigned.map((value, index) => addTensors(value, right.assigned[index], reuse)),
    logs: [...left.logs, ...right.logs],
    outputs: [...left.outputs, ...right.outputs],
  };
}

/**
 * Sums shards in the order of a binary tree that depends on their number only, so that the bits do not depend on who
 * computed which: of n shards, the left branch has as many as the largest power of two below n.
 *
 * @param shards At least one, in their order.
 */
export function sumTree(shards: readonly [ShardSum, ...ShardSum[]], options?: SumOptions): ShardSum {
  const blocks = shards.map((sum, from) => ({ from, to: from + 1, sum }));
  return sumBlocks(blocks, options);
}

/** Neighbouring shards, from the first to before the last, that are a branch of the tree of `sumTree`. */
export interface ShardBlock {
  readonly from: number;
  readonly to: number;
}

/**
 * Cuts the tree of `sumTree` over so many shards into blocks, the largest ones first. Who computes a block may add it by
 * `sumTree`, so that only one sum has to travel.
 *
 * @param blocks How many are wanted. There are never more than shards.
 */
export function cutTree(shards: number, blocks: number): readonly [ShardBlock, ...ShardBlock[]] {
  const cut: [ShardBlock, ...ShardBlock[]] = [{ from: 0, to: shards }];
  while (cut.length < Math.min(blocks, shards)) {
    const sizes = cut.map(({ from, to }) => to - from);
    const at = sizes.indexOf(Math.max(...sizes));
    const { from, to } = cut[at] as ShardBlock;
    const middle = from + getLeftSize(to - from);
    cut.splice(at, 1, { from, to: middle }, { from: middle, to });
  }
  return cut;
}

/**
 * Adds blocks in the order of the tree.
 *
 * @param blocks Those of `cutTree`, in their order, each with the sum of its shards.
 */
export function sumBlocks(
  blocks: readonly (ShardBlock & { readonly sum: ShardSum })[],
  { reuse = false }: SumOptions = {},
): ShardSum {
  const [first, ...others] = blocks;
  if (first === undefined) throw new Error('there is nothing to add');
  if (others.length === 0) return first.sum;
  const middle = first.from + getLeftSize((blocks.at(-1) ?? first).to - first.from);
  const [left, right] = [
    blocks.filter(({ from }) => from < middle),
    blocks.filter(({ from }) => from >= middle),
  ];
  return addBlocks(sumBlocks(left, { reuse }), sumBlocks(right, { reuse }), reuse);
}

/** The left branch of a tree has the largest power of two below the number of its leaves. */
function getLeftSize(leaves: number): number {
  let half = 1;
  while (half * 2 < leaves) half *= 2;
  return half;
}

/** Only floats are averaged. */
function addTensors(
  left: HostTensor | undefined,
  right: HostTensor | undefined,
  reuse: boolean,
): HostTensor | undefined {
  if (left === undefined || right === undefined) return left ?? right;
  return { ...left, values: add(left.values as Float32Array, right.values as Float32Array, reuse) };
}

function addValues(
  left: Float32Array | undefined,
  right: Float32Array | undefined,
  reuse: boolean,
): Float32Array | undefined {
  return left === undefined || right === undefined ? (left ?? right) : add(left, right, reuse);
}

function add(left: Float32Array, right: Float32Array, reuse: boolean): Float32Array {
  const sum = reuse ? left : new Float32Array(left.length);
  for (let index = 0; index < sum.length; index++) sum[index] = (left[index] ?? 0) + (right[index] ?? 0);
  return sum;
}
