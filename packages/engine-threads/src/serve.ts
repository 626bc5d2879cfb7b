export { serveShards } from './shard-worker/serve-shards.js';

export type { CreateTraining, WorkerSetup } from './shard-worker/create-runner.js';
