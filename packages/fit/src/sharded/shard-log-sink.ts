import * as tf from '@tensorflow/tfjs-core';
import type { StatefulMetric } from '../contract/metric.js';
import type { ShardLogs, ShardMeans, ShardMetric } from '../contract/shard.js';
import type { BatchMeans, LogPlan, LogSink, RunningLogs } from '../objective/running-logs.js';
import { createTensor, readTensor } from './host-tensor.js';

/** What a metric needs of a shard, while it is on the device. */
type HeldMetric = { readonly key: string } & (
  | { readonly state: readonly tf.Tensor[] }
  | { readonly yTrue: tf.Tensor; readonly yPred: tf.Tensor; readonly weights: tf.Tensor | undefined }
);

/** Collects the logs of one shard, so that they can be sent elsewhere. */
export class ShardLogSink implements LogSink {
  readonly #means: BatchMeans[] = [];
  readonly #metrics: HeldMetric[] = [];

  addMeans(batch: BatchMeans): void {
    this.#means.push(batch);
  }

  update(key: string, metric: StatefulMetric, yTrue: tf.Tensor, yPred: tf.Tensor, weights?: tf.Tensor): void {
    if (metric.merge === undefined) {
      const hold = (tensor: tf.Tensor): tf.Tensor => tf.keep(tensor.clone());
      this.#metrics.push({ key, yTrue: hold(yTrue), yPred: hold(yPred), weights: weights && hold(weights) });
      return;
    }
    const state = tf.tidy(() =>
      metric.update(metric.initial(yPred), yTrue, yPred, weights).map((tensor) => tf.keep(tensor)),
    );
    this.#metrics.push({ key, state });
  }

  /** The logs in plain memory. Waits for the device. */
  async read(): Promise<Pick<ShardLogs, 'means' | 'metrics'>> {
    const [means, metrics] = await Promise.all([
      Promise.all(this.#means.map(readMeans)),
      Promise.all(this.#metrics.map(readMetric)),
    ]);
    return { means, metrics };
  }

  dispose(): void {
    tf.dispose(this.#means.flatMap(({ values }) => [...values.values()]));
    tf.dispose(this.#metrics.flatMap((metric) => Object.values(metric).flat()) as tf.Tensor[]);
  }
}

/** Adds the logs of a shard to those of the run. Shards come in their order. */
export function addShardLogs(
  logs: RunningLogs,
  { stateful }: LogPlan,
  { means, metrics }: Pick<ShardLogs, 'means' | 'metrics'>,
): void {
  for (const { values, weight } of means)
    logs.addMeans({
      values: new Map(Object.entries(values).map(([key, value]) => [key, tf.keep(tf.scalar(value))])),
      weight,
    });
  for (const given of metrics)
    tf.tidy(() => {
      const metric = stateful.get(given.key);
      if (metric === undefined) return;
      if ('state' in given) logs.merge(given.key, metric, given.state.map(createTensor));
      else
        logs.update(
          given.key,
          metric,
          createTensor(given.yTrue),
          createTensor(given.yPred),
          given.weights && createTensor(given.weights),
        );
    });
}

async function readMeans({ values, weight }: BatchMeans): Promise<ShardMeans> {
  const read = await Promise.all(
    [...values].map(async ([key, scalar]) => [key, (await scalar.data())[0] ?? NaN] as const),
  );
  return { values: Object.fromEntries(read), weight };
}

async function readMetric(metric: HeldMetric): Promise<ShardMetric> {
  const { key } = metric;
  if ('state' in metric) return { key, state: await Promise.all(metric.state.map(readTensor)) };
  const { yTrue, yPred, weights } = metric;
  return {
    key,
    yTrue: await readTensor(yTrue),
    yPred: await readTensor(yPred),
    weights: weights && (await readTensor(weights)),
  };
}
