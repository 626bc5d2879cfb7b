import type * as tf from '@tensorflow/tfjs-core';
import type { ShardTask } from '../contract/shard.js';
import type { Batch } from '../data/batch-source.js';
import type { LogPlan, RunningLogs } from '../objective/running-logs.js';
import { createTensor, readBatch } from './host-tensor.js';
import { addShardLogs } from './shard-log-sink.js';
import type { SharedEngine } from './shared-engine.js';

/** Which batches are computed. */
interface InferencePlace {
  /** The first one, from 0. */
  readonly first: number;
  readonly seed: number;
}

/** Evaluates and predicts on an engine. Whole batches are its units, so that the bits are those of one thread. */
export class SharedInference {
  readonly #engine: SharedEngine;
  readonly #logPlan: LogPlan;

  constructor(engine: SharedEngine, logPlan: LogPlan) {
    this.#engine = engine;
    this.#logPlan = logPlan;
  }

  /** For each batch a function that adds its logs. */
  async evaluate(
    batches: readonly Batch[],
    place: InferencePlace,
  ): Promise<readonly ((logs: RunningLogs) => void)[]> {
    const { logs } = await this.#engine.sum(await createTasks('test', batches, place));
    return logs.map((each) => (running: RunningLogs) => addShardLogs(running, this.#logPlan, each));
  }

  /** For each batch a function that makes its outputs. The caller disposes them. */
  async predict(batches: readonly Batch[], place: InferencePlace): Promise<readonly (() => tf.Tensor[])[]> {
    const { outputs } = await this.#engine.sum(await createTasks('predict', batches, place));
    return outputs.map((each) => () => each.outputs.map(createTensor));
  }
}

async function createTasks(
  kind: 'test' | 'predict',
  batches: readonly Batch[],
  { first, seed }: InferencePlace,
): Promise<readonly [ShardTask, ...ShardTask[]]> {
  const tasks = await Promise.all(
    batches.map(async (batch, index): Promise<ShardTask> => {
      const stream = first + index;
      const random = { seed, stream, position: 0 };
      const rows = await readBatch(batch);
      return { kind, epoch: 0, step: first, part: 0, shard: index, rows, share: 1, divisors: [], random };
    }),
  );
  return tasks as [ShardTask, ...ShardTask[]];
}
