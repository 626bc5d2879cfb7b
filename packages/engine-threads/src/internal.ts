/** For the sister packages only. Anything here may change in any release. */
export { packError, unpackError } from './contract/sent-error.js';
export { Pace } from './pool/pace.js';
export { countBlocks } from './pool/share-step.js';
export { createRunner } from './shard-worker/create-runner.js';

export type { SentError, WorkerTraining } from './contract/messages.js';
export type { CreateTraining, HeldRunner, WorkerSetup } from './shard-worker/create-runner.js';
