export { serveShards } from './shard-worker/serve-shards.js';

export type { ServeShardsOptions } from './shard-worker/serve-options.js';
export type { CreateTraining, WorkerSetup } from '@keepfit/engine-threads/internal';
