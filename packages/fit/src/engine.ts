export { addShards, cutTree, sumBlocks, sumTree } from './sharded/shard-sum.js';
export { rebuildOptions } from './rebuild-options.js';
export { ShardRunner } from './shard-runner.js';

export type { Engine, ShardComputer, SharedStep, SharedTraining, TrainingSource } from './contract/engine.js';
export type { ShardBlock, SumOptions } from './sharded/shard-sum.js';
export type {
  HostTensor,
  ShardLogs,
  ShardMeans,
  ShardMetric,
  ShardOutputs,
  ShardRows,
  ShardSum,
  ShardTask,
} from './contract/shard.js';
