import type { HostTensor, ShardSum } from '../contract/shard.js';

/**
 * Adds two neighbouring blocks of shards: the left one has the lower numbers. Every addition of float32 is rounded
 * correctly, as any machine does it.
 */
export function addShards(left: ShardSum, right: ShardSum): ShardSum {
  return {
    gradients: left.gradients.map((values, index) => addValues(values, right.gradients[index])),
    assigned: left.assigned.map((value, index) => addTensors(value, right.assigned[index])),
    logs: [...left.logs, ...right.logs],
    outputs: [...left.outputs, ...right.outputs],
  };
}

/**
 * Sums shards in the order of a binary tree that depends on their number only, so that the bits do not depend on who
 * computed what: of n shards, the left branch has as many as the largest power of two below n.
 *
 * @param shards At least one, in their order.
 */
export function sumTree(shards: readonly [ShardSum, ...ShardSum[]]): ShardSum {
  const [first, ...others] = shards;
  if (others.length === 0) return first;
  let half = 1;
  while (half * 2 < shards.length) half *= 2;
  return addShards(sumTree(take(shards, 0, half)), sumTree(take(shards, half, shards.length)));
}

function take<T>(list: readonly T[], from: number, to: number): readonly [T, ...T[]] {
  return list.slice(from, to) as [T, ...T[]];
}

/** Only floats are averaged. */
function addTensors(left: HostTensor | undefined, right: HostTensor | undefined): HostTensor | undefined {
  if (left === undefined || right === undefined) return left ?? right;
  return { ...left, values: add(left.values as Float32Array, right.values as Float32Array) };
}

function addValues(
  left: Float32Array | undefined,
  right: Float32Array | undefined,
): Float32Array | undefined {
  return left === undefined || right === undefined ? (left ?? right) : add(left, right);
}

function add(left: Float32Array, right: Float32Array): Float32Array {
  const sum = new Float32Array(left.length);
  for (let index = 0; index < sum.length; index++) sum[index] = (left[index] ?? 0) + (right[index] ?? 0);
  return sum;
}
