import type { CaptureEntry, Logs, StateRecord } from '@keepfit/callbacks';
import { dispose, keep, type Scalar, stack, type Tensor, tidy } from '@tensorflow/tfjs-core';
import type { StatefulMetric } from '../contract/metric.js';
import { captureTensor } from '../state/capture-tensor.js';

/** What is logged: the keys in order, and the metrics among them that have a state of their own. The others are means. */
export interface LogPlan {
  readonly keys: readonly string[];
  readonly stateful: ReadonlyMap<string, StatefulMetric>;
}

/** One batch's values, by key, each weighing as many samples as the batch has. */
export interface BatchMeans {
  readonly values: ReadonlyMap<string, Scalar>;
  readonly weight: number;
}

interface Mean {
  total: number;
  count: number;
}

/** Values of some batches that wait on the device: one tensor to read, in the order of `terms`. */
interface Pack {
  readonly values: Tensor;
  readonly terms: readonly { readonly key: string; readonly weight: number }[];
}

/** So many batches wait as scalars before they are packed into one tensor, so that an epoch's end reads few tensors. */
const PACK_SIZE = 64;

/** So many scalars are read as they are: packing them costs more kernels than it saves reads. */
const FEW = 8;

/**
 * The running logs of an epoch or an evaluation: means over samples, and metrics with a state of their own.
 *
 * Means are kept on the host in double precision and folded in the order of the batches, so that they do not depend on when they are
 * read. Values stay on the device until somebody reads.
 */
export class RunningLogs {
  readonly #plan: LogPlan;
  readonly #means = new Map<string, Mean>();
  readonly #states = new Map<string, readonly Tensor[]>();
  #pending: BatchMeans[] = [];
  #packs: Pack[] = [];
  #folding: Promise<void> = Promise.resolve();

  constructor(plan: LogPlan) {
    this.#plan = plan;
  }

  /** Adds one batch to the means. Its values are now this object's to dispose. */
  addMeans(batch: BatchMeans): void {
    this.#pending.push(batch);
    if (this.#pending.length === PACK_SIZE) this.#pack();
  }

  /** Moves a metric's state on by one batch; `weights` say which part of it counts. */
  update(key: string, metric: StatefulMetric, yTrue: Tensor, yPred: Tensor, weights?: Tensor): void {
    const old = this.#states.get(key);
    const next = tidy(() =>
      metric.update(old ?? metric.initial(yPred), yTrue, yPred, weights).map((tensor) => keep(tensor)),
    );
    if (old !== undefined) dispose([...old]);
    this.#states.set(key, next);
  }

  /** The logs of all batches added so far. Waits for the device. */
  async read(): Promise<Logs> {
    await this.#fold();
    const results = new Map<string, number>();
    for (const [key, tensors] of this.#states) results.set(key, await this.#result(key, tensors));
    return this.#logs(results);
  }

  /** Waits until the values of all batches added so far are in the means. */
  flush(): Promise<void> {
    return this.#fold();
  }

  /** The means as far as they are read, without waiting; and asks for the rest. */
  latest(): Logs {
    // A failed read stays failed, and rejects the next `read`.
    this.#fold().catch(() => undefined);
    return this.#logs(new Map());
  }

  /** Forgets everything, for a new epoch. */
  async reset(): Promise<void> {
    await this.#fold();
    this.#means.clear();
    this.#dropStates();
  }

  /** Waits for reads under way, and lets go of all tensors. */
  async dispose(): Promise<void> {
    await this.#fold().catch(() => undefined);
    this.#dropStates();
  }

  /** What a checkpoint keeps of the means. Holds what is settled: call `settle` before. */
  state(): StateRecord {
    return { means: [...this.#means].map(([key, { total, count }]) => ({ key, total, count })) };
  }

  /** What a checkpoint keeps of the metrics' states, named `<key>/<index>`. */
  capture(): (CaptureEntry & { dispose(): void })[] {
    return [...this.#states].flatMap(([key, tensors]) =>
      tensors.map((tensor, index) => captureTensor(`${key}/${index}`, tensor)),
    );
  }

  /** Puts back what `state` and `capture` kept. The tensors are now this object's to dispose. */
  restore(state: StateRecord, tensors: ReadonlyMap<string, readonly Tensor[]>): void {
    this.#means.clear();
    this.#dropStates();
    for (const { key, total, count } of (state['means'] ?? []) as unknown as (Mean & { key: string })[]) {
      this.#means.set(key, { total, count });
    }
    for (const [key, states] of tensors) this.#states.set(key, states);
  }

  #logs(results: ReadonlyMap<string, number>): Logs {
    const logs: Logs = {};
    for (const key of this.#plan.keys) {
      const mean = this.#means.get(key);
      const value = mean === undefined ? results.get(key) : mean.total / mean.count;
      if (value !== undefined) logs[key] = value;
    }
    return logs;
  }

  async #result(key: string, tensors: readonly Tensor[]): Promise<number> {
    const metric = this.#plan.stateful.get(key);
    if (metric === undefined) return NaN;
    const result = tidy(() => metric.result(tensors));
    const [value = NaN] = await result.data();
    result.dispose();
    return value;
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
    this.#packs.push({ values: tidy(() => keep(stack(scalars))), terms });
    dispose(scalars);
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
      dispose(packs.map(({ values }) => values));
    }
  }

  #add(key: string, value: number, weight: number): void {
    const mean = this.#means.get(key) ?? { total: 0, count: 0 };
    mean.total += value * weight;
    mean.count += weight;
    this.#means.set(key, mean);
  }

  #dropStates(): void {
    for (const tensors of this.#states.values()) dispose([...tensors]);
    this.#states.clear();
  }
}
