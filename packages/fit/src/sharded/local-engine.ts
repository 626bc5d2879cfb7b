import type { Engine, ShardComputer } from '../contract/engine.js';
import type { ShardSum } from '../contract/shard.js';
import { sumTree } from './shard-sum.js';

/** The engine of a training without another one: this thread computes one shard after the other. */
export function createLocalEngine(): Engine {
  let local: ShardComputer | undefined;
  return {
    name: 'this thread',
    async begin(training) {
      local = training.local;
    },
    async sum({ tasks }) {
      const sums: ShardSum[] = [];
      for (const task of tasks) {
        const sum = await local?.compute(task);
        if (sum !== undefined) sums.push(sum);
      }
      return sumTree(sums as [ShardSum, ...ShardSum[]], { reuse: true });
    },
    async end() {
      local = undefined;
    },
  };
}
