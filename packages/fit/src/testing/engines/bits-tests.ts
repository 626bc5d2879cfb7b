import * as tf from '@tensorflow/tfjs-core';
import type { EngineKit } from './engine-kit.js';
import { assertSame, train } from './train-on-engine.js';

const SHARDS = [1, 2, 3, 4, 8];

/** An engine gives the bits of this thread, whoever computes what. */
export function testBits(kit: EngineKit): void {
  for (const workers of kit.workers)
    for (const shards of SHARDS)
      kit.test(
        `bits: with ${count(workers, 'worker')} and ${count(shards, 'shard')}, all is as on this thread`,
        async (open) => {
          const { engine } = await open(workers);
          assertSame(await train({ engine, shards }), await kit.trainAlone({ shards }), 'at the end');
        },
      );

  kit.test('bits: with batches of one row and 8 shards, all is as on this thread', async (open) => {
    const rows = { rows: 3, batchSize: 1, shards: 8 };
    const { engine } = await open(kit.several);
    assertSame(await train({ engine, ...rows }), await kit.trainAlone(rows), 'at the end');
  });

  kit.test('weights: a step has those that a hook has set before it', async (open) => {
    const change: Parameters<typeof train>[0] = {
      change({ training }, _, batch) {
        if (batch !== 1) return;
        for (const { variable, trainable } of training.model.weights)
          if (trainable) tf.tidy(() => variable.assign(tf.mul(variable, 0.5)));
      },
    };
    const { engine } = await open(kit.several);
    assertSame(await train({ engine, ...change }), await train(change), 'after a hook has set weights');
  });

  kit.test('weights: those that a hook freezes and thaws are trained as on this thread', async (open) => {
    const change: Parameters<typeof train>[0] = {
      change({ frozen }, epoch, batch) {
        if (batch !== 0) return;
        if (epoch === 0) frozen.add('hidden/kernel').add('values/kernel');
        else frozen.delete('hidden/kernel');
      },
    };
    const { engine } = await open(kit.several);
    assertSame(await train({ engine, ...change }), await train(change), 'after a hook has frozen weights');
  });
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
