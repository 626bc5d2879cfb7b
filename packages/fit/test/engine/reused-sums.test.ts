import { sumBlocks, type ShardSum, sumTree } from '@keepfit/fit/engine';
import { expect, test } from 'vitest';

/** A shard whose values are different, and have rounding errors when they are added. */
function createShard(shard: number): ShardSum {
  const values = (seed: number) => Float32Array.from({ length: 5 }, (_, index) => Math.sin(seed + index) / 3);
  const logs = [{ shard, size: 1, loss: shard, means: [], metrics: [], position: 0 }];
  return {
    // The second weight has no gradient in shard 0, the third in none.
    gradients: [values(shard), shard === 0 ? undefined : values(shard + 9), undefined],
    assigned: [undefined, { dtype: 'float32', shape: [5], values: values(shard + 5) }],
    logs,
    outputs: [],
  };
}

const createShards = (count: number) =>
  Array.from({ length: count }, (_, shard) => createShard(shard)) as [ShardSum, ...ShardSum[]];

test.each([1, 2, 3, 4, 5, 8])('%i shards have the same sum in their own memory as in new memory', (count) => {
  const given = createShards(count);
  const wanted = sumTree(given);
  expect(given, 'without reuse, the shards stay as they are').toEqual(createShards(count));
  const found = sumTree(given, { reuse: true });
  expect(found).toEqual(wanted);
  expect(found.gradients[0]).toBe(given[0].gradients[0]);
});

test('blocks are added into the memory of the first one', () => {
  const shards = createShards(4);
  const wanted = sumTree(createShards(4));
  const [left, right] = [shards.slice(0, 2), shards.slice(2)].map((half) =>
    sumTree(half as [ShardSum, ...ShardSum[]], { reuse: true }),
  );
  const blocks = [
    { from: 0, to: 2, sum: left! },
    { from: 2, to: 4, sum: right! },
  ];
  const found = sumBlocks(blocks, { reuse: true });
  expect(found).toEqual(wanted);
  expect(found.gradients[0]).toBe(shards[0].gradients[0]);
});
