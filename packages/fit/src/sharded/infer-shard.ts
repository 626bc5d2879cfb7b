import * as tf from '@tensorflow/tfjs-core';
import type { Model } from '../contract/model.js';
import type { ShardSum, ShardTask } from '../contract/shard.js';
import type { Batch } from '../data/batch-source.js';
import { predictBatch } from '../steps/compute-batch.js';
import { createRandomStream } from '../random/random-stream.js';
import { withRandom } from '../random/with-random.js';
import type { Compute } from '../steps/compute.js';
import type { ShardedStep } from '../steps/sharded-step.js';
import type { Step } from '../steps/step.js';
import { readTensor } from './host-tensor.js';
import { ShardLogSink } from './shard-log-sink.js';

/** What shards are computed with. */
export interface ShardTools {
  readonly model: Model;
  readonly step: Step;
  readonly sharded: ShardedStep;
  readonly compute: Compute;
}

/** Evaluates one batch. */
export async function evaluateShard(
  { step, compute }: ShardTools,
  { random: { seed, stream }, shard, rows: { size } }: ShardTask,
  batch: Batch,
): Promise<ShardSum> {
  const sink = new ShardLogSink();
  const random = createRandomStream(seed, 'inference', stream);
  try {
    withRandom(random, () => step.test(batch, sink, { random, compute }));
    const logs = { shard, size, loss: NaN, ...(await sink.read()), position: random.position };
    return { gradients: [], assigned: [], logs: [logs], outputs: [] };
  } finally {
    sink.dispose();
  }
}

/** Computes the outputs of one batch. */
export async function predictShard(
  { model, compute }: ShardTools,
  { random: { seed, stream }, shard }: ShardTask,
  batch: Batch,
): Promise<ShardSum> {
  const random = createRandomStream(seed, 'inference', stream);
  const tensors = withRandom(random, () => predictBatch(model, batch, compute));
  try {
    const outputs = await Promise.all(tensors.map(readTensor));
    return { gradients: [], assigned: [], logs: [], outputs: [{ shard, outputs }] };
  } finally {
    tf.dispose(tensors);
  }
}
