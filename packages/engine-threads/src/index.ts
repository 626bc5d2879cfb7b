export { threads } from './threads.js';

export type { ThreadsEngine, ThreadsOptions, WorkerStatus } from './threads.js';
export type { WorkerProgram } from './start-thread.js';
