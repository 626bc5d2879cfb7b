export { serveShards } from './worker/serve-shards.js';

export type { CreateTraining, WorkerSetup } from './worker/create-runner.js';
