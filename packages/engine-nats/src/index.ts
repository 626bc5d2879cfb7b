export { natsEngine } from './nats-engine.js';
export { listWorkers } from './list-workers.js';

export type { NatsEngine, NatsEngineOptions, WorkerStatus } from './nats-engine.js';
export type { ListWorkersOptions } from './list-workers.js';
export type { WorkerReport } from './contract/messages.js';
