import { expect, test } from 'vitest';
import { programFile } from '../../../test/programs/program-file.js';
import { hasAddon } from './helpers/has-addon.js';
import { trainInProcess } from './helpers/train-in-process.js';

const programs = {
  worker: programFile('packages/engine-threads/src/worker.ts'),
  module: programFile('packages/backend-node/test/helpers/worker-training.ts'),
};

test.skipIf(!hasAddon)('two worker threads that share each step give the bits of one', async () => {
  const order = { name: 'mlp', threads: 1, init: 1, shards: 4 } as const;
  const alone = await trainInProcess(order);
  expect(await trainInProcess({ ...order, engine: { workers: 2, ...programs } })).toEqual(alone);
});
