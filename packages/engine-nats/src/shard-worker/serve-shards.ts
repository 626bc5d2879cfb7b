import { checkOptions } from '@keepfit/callbacks/internal';
import { nameSubjects } from '../contract/subjects.js';
import { CONNECTION, RUN } from '../options.js';
import type { ServeShardsOptions } from './serve-options.js';
import { ShardWorker } from './shard-worker.js';

/**
 * Computes shards for the coordinator of a run, in Node or in a page: for one fit after the other, until the connection
 * is closed or the signal is aborted. It waits if there is no fit.
 *
 * ```ts
 * await serveShards({ connection: await connect({ servers: 'nats://host', maxReconnectAttempts: -1 }), run: 'digits' });
 * ```
 *
 * @throws KEEPFIT_INVALID_OPTION when an option is unknown or invalid.
 * @throws KEEPFIT_ENGINE_FAILED when the server has no JetStream, or the user lacks a permission.
 */
export async function serveShards(options: ServeShardsOptions): Promise<void> {
  checkOptions('serveShards', options, {
    connection: CONNECTION,
    run: RUN,
    create: [(value) => typeof value === 'function', 'a function that makes the training'],
    module: [
      (value) => value instanceof URL || (typeof value === 'string' && value !== ''),
      'the address of a module, such as new URL("./model.js", import.meta.url)',
    ],
    name: [(value) => typeof value === 'string' && value !== '', 'a name'],
    signal: [(value) => value instanceof AbortSignal, 'an AbortSignal'],
  });
  const worker = new ShardWorker(options, nameSubjects(options.run));
  await worker.serve();
}
