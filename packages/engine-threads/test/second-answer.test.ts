import type { ShardSum, ShardTask } from '@keepfit/fit/engine';
import { expect, test } from 'vitest';
import type { Pace } from '../src/pool/pace.js';
import { shareStep } from '../src/pool/share-step.js';
import { WeightsMemory } from '../src/pool/weights-memory.js';
import type { Member, PoolListener, WorkerPool } from '../src/pool/worker-pool.js';

const createSum = (value: number): ShardSum => ({
  gradients: [Float32Array.of(value)],
  assigned: [],
  logs: [],
  outputs: [],
});

test('a second answer for a block, in the turn in which the step is complete, leaves the sum as it is', async () => {
  const member: Member = { id: 1, weights: undefined, work: undefined, computed: 0, busy: 0 };
  let jobs = 0;
  let listener: PoolListener | undefined;
  const pool = {
    members: [member, member],
    // The third is given the first block too, because it is late.
    idle: [member, member, member],
    give: () => ++jobs,
    set listener(given: PoolListener | undefined) {
      listener ??= given;
    },
  } as unknown as WorkerPool;
  const pace = {
    note: () => {},
    isLate: () => true,
    isSilent: () => false,
    wait: undefined,
  } as unknown as Pace;
  const tasks = [{ shard: 0 }, { shard: 1 }] as unknown as [ShardTask, ShardTask];
  const sharing = shareStep(
    { pool, weights: new WeightsMemory(), pace },
    { tasks, readWeights: async () => [] },
  );
  await Promise.resolve();
  await expect.poll(() => jobs).toBe(3);
  listener?.onSum(member, 1, createSum(1));
  listener?.onSum(member, 2, createSum(2));
  listener?.onSum(member, 3, createSum(1));
  expect((await sharing).gradients).toEqual([Float32Array.of(3)]);
});
