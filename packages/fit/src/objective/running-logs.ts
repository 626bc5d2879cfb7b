import type { Logs, StateRecord } from '@keepfit/callbacks';
import * as tf from '@tensorflow/tfjs-core';
import type { StatefulMetric } from '../contract/metric.js';
import { captureTensor, type HeldTensor } from '../state/capture-tensor.js';
import type { CapturableLogs } from '../state/capture-training.js';
import { checkNumberedKeys, numberKeys } from './log-keys.js';

/**
 * The log keys that are known before the first batch, and the metrics among them that have their own state. The
 * others are means. A step of the user's own may add means of any key.
 */
export interface LogPlan {
  readonly keys: readonly string[];
  readonly stateful: ReadonlyMap<string, StatefulMetric>;
}

/** What the logs of a batch are added to. */
export interface LogSink {
  /** Adds one batch to the means. The sink now disposes its values. */
  addMeans(batch: BatchMeans): void;
  /**
   * Updates a metric's state by one batch; `weights` say which part of it counts.
   *
   * @throws KEEPFIT_INVALID_OPTION when it has several values, and another metric has the key of one of them.
   */
  update(key: string, metric: StatefulMetric, yTrue: tf.Tensor, yPred: tf.Tensor, weights?: tf.Tensor): void;
}

/** Sorts logs by their keys, as Keras does before each hook. The keys of validation are among them. */
export function sortLogs(logs: Logs): Logs {
  const sorted = Object.entries(logs).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(sorted) as typeof logs;
}

/** One batch's values, by key. The weight of each is the number of samples in the batch. */
export interface BatchMeans {
  readonly values: ReadonlyMap<string, tf.Scalar>;
  readonly weight: number;
}

interface Mean {
  total: number;
  count: number;
}

/** Values of some batches that wait on the device: one tensor to read, in the order of `terms`. */
interface Pack {
  readonly values: tf.Tensor;
  readonly terms: readonly { readonly key: string; readonly weight: number }[];
}

/**
 * The number of batches that wait as scalars before they are packed into one tensor, so that an epoch's end
 * reads few tensors.
 */
const PACK_SIZE = 64;

/** Up to this many scalars are read as they are: packing them costs more kernels than it saves reads. */
const FEW = 8;

/**
 * The running logs of an epoch or an evaluation: means over samples, and metrics with their own state.
 *
 * Means are kept on the host in double precision and folded in the order of the batches, so that they do not
 * depend on when they are read. Values stay on the device until they are read.
 */
export class RunningLogs implements CapturableLogs, LogSink {
  readonly #plan: LogPlan;
  readonly #means = new Map<string, Mean>();
  readonly #states = new Map<string, readonly tf.Tensor[]>();
  #pending: BatchMeans[] = [];
  #packs: Pack[] = [];
  #folding: Promise<void> = Promise.resolve();

  constructor(plan: LogPlan) {
    this.#plan = plan;
  }

  addMeans(batch: BatchMeans): void {
    this.#pending.push(batch);
    if (this.#pending.length === PACK_SIZE) this.#pack();
  }

  update(key: string, metric: StatefulMetric, yTrue: tf.Tensor, yPred: tf.Tensor, weights?: tf.Tensor): void {
    this.#replaceState(key, metric, (old) =>
      metric.update(old ?? metric.initial(yPred), yTrue, yPred, weights),
    );
  }

  /**
   * Adds what another part of the data gave as the state of a metric, which has `merge`. The tensors stay the
   * caller's.
   *
   * @throws as `update`
   */
  merge(key: string, metric: StatefulMetric, part: readonly tf.Tensor[]): void {
    this.#replaceState(key, metric, (old) =>
      old === undefined || metric.merge === undefined
        ? part.map((tensor) => tensor.clone())
        : metric.merge(old, part),
    );
  }

  #replaceState(
    key: string,
    metric: StatefulMetric,
    compute: (old: readonly tf.Tensor[] | undefined) => readonly tf.Tensor[],
  ): void {
    const old = this.#states.get(key);
    const next = tf.tidy(() => compute(old).map((tensor) => tf.keep(tensor)));
    if (old !== undefined) tf.dispose([...old]);
    this.#states.set(key, next);
    if (old === undefined) this.#checkKeys(key, metric, next);
  }

  /** In the first batch, because an epoch is long. Only the result tells how many values a metric has. */
  #checkKeys(key: string, metric: StatefulMetric, state: readonly tf.Tensor[]): void {
    const { keys } = this.#plan;
    if (!keys.some((other) => other.startsWith(`${key}_`))) return;
    checkNumberedKeys(
      key,
      tf.tidy(() => metric.result(state).size),
      keys,
    );
  }

  /** The logs of all batches added so far, which are at least one. Waits for the device. */
  async read(): Promise<Logs> {
    await this.#fold();
    const results = new Map<string, ArrayLike<number>>();
    for (const [key, tensors] of this.#states) results.set(key, await this.#result(key, tensors));
    return this.#logs(results);
  }

  /** Waits until the values of all batches added so far are in the means. */
  flush(): Promise<void> {
    return this.#fold();
  }

  /**
   * The means that are already on the host, without waiting, or undefined if there is none yet. Starts to read
   * the rest.
   */
  latest(): Logs | undefined {
    // A failed read stays failed, and rejects the next `read`.
    this.#fold().catch(() => undefined);
    return this.#means.size === 0 ? undefined : this.#logs(new Map());
  }

  /** Forgets everything before a new epoch. */
  async reset(): Promise<void> {
    await this.#fold();
    this.#means.clear();
    this.#dropStates();
  }

  /** Waits for reads under way, and disposes all tensors. */
  async dispose(): Promise<void> {
    await this.#fold().catch(() => undefined);
    this.#dropStates();
  }

  /** The means for a checkpoint. Call `flush` before: values that are still on the device are not in it. */
  state(): StateRecord {
    return { means: [...this.#means].map(([key, { total, count }]) => ({ key, total, count })) };
  }

  /** The metrics' states for a checkpoint, named `<key>/<index>`. */
  capture(): HeldTensor[] {
    return [...this.#states].flatMap(([key, tensors]) =>
      tensors.map((tensor, index) => captureTensor(`${key}/${index}`, tensor)),
    );
  }

  /** Restores the values of `state` and `capture`. This object now disposes the tensors. */
  restore(state: StateRecord, tensors: ReadonlyMap<string, readonly tf.Tensor[]>): void {
    this.#means.clear();
    this.#dropStates();
    for (const { key, total, count } of (state['means'] ?? []) as unknown as (Mean & { key: string })[]) {
      this.#means.set(key, { total, count });
    }
    for (const [key, states] of tensors) this.#states.set(key, states);
  }

  #readMean(key: string): number | undefined {
    const mean = this.#means.get(key);
    return mean && mean.total / mean.count;
  }

  #logs(results: ReadonlyMap<string, ArrayLike<number>>): Logs {
    const logs: Record<string, number> = {};
    const keys = [...new Set([...this.#plan.keys, ...this.#means.keys()])];
    for (const key of keys) {
      const mean = this.#readMean(key);
      const values = mean === undefined ? results.get(key) : [mean];
      if (values === undefined) continue;
      // A step of the user's own may log a key that no plan knew.
      checkNumberedKeys(key, values.length, keys);
      numberKeys(key, values.length).forEach((name, index) => (logs[name] = values[index] as number));
    }
    // A step of the user's own may have no loss.
    return sortLogs(logs as Logs);
  }

  async #result(key: string, tensors: readonly tf.Tensor[]): Promise<ArrayLike<number>> {
    const metric = this.#plan.stateful.get(key);
    if (metric === undefined) return [NaN];
    const result = tf.tidy(() => metric.result(tensors));
    const values = await result.data();
    result.dispose();
    return values;
  }

  #pack(): void {
    const batches = this.#pending;
    if (batches.length === 0) return;
    this.#pending = [];
    const scalars = batches.flatMap(({ values }) => [...values.values()]);
    const terms = batches.flatMap(({ values, weight }) => [...values.keys()].map((key) => ({ key, weight })));
    if (scalars.length <= FEW) {
      scalars.forEach((values, index) => this.#packs.push({ values, terms: terms.slice(index, index + 1) }));
      return;
    }
    this.#packs.push({ values: tf.tidy(() => tf.keep(tf.stack(scalars))), terms });
    tf.dispose(scalars);
  }

  #fold(): Promise<void> {
    this.#pack();
    const packs = this.#packs;
    if (packs.length > 0) {
      this.#packs = [];
      this.#folding = this.#folding.then(() => this.#addAll(packs));
    }
    return this.#folding;
  }

  async #addAll(packs: readonly Pack[]): Promise<void> {
    try {
      const read = await Promise.all(packs.map(({ values }) => values.data()));
      packs.forEach(({ terms }, index) =>
        terms.forEach(({ key, weight }, term) => this.#add(key, read[index]?.[term] ?? NaN, weight)),
      );
    } finally {
      tf.dispose(packs.map(({ values }) => values));
    }
  }

  #add(key: string, value: number, weight: number): void {
    const mean = this.#means.get(key) ?? { total: 0, count: 0 };
    mean.total += value * weight;
    mean.count += weight;
    this.#means.set(key, mean);
  }

  #dropStates(): void {
    for (const tensors of this.#states.values()) tf.dispose([...tensors]);
    this.#states.clear();
  }
}
