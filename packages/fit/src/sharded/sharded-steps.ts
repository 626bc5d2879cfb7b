import { waitForTurn } from '@keepfit/callbacks/internal';
import * as tf from '@tensorflow/tfjs-core';
import type { SharedStep } from '../contract/engine.js';
import type { NamedWeight } from '../contract/model.js';
import type { ShardLogs, ShardRows, ShardSum, ShardTask } from '../contract/shard.js';
import type { Batch } from '../data/batch-source.js';
import type { RunningLogs } from '../objective/running-logs.js';
import type { ShardedPart } from '../steps/sharded-step.js';
import { type Cut, cutBatch } from './cut-batch.js';
import { createTensor, readBatch } from './host-tensor.js';
import { addShardLogs } from './shard-log-sink.js';
import type { SharedEngine, ShardedTraining } from './shared-engine.js';
import { SharingWatch } from './sharing-watch.js';

/** Which step is trained. */
export interface StepPlace {
  readonly seed: number;
  readonly epoch: number;
  /** Steps since epoch 0. */
  readonly step: number;
  /** Makes the batch of the next step, if it is known. Called while others compute this one. */
  readonly makeNext?: (() => Batch | undefined) | undefined;
}

/** What a step reads of its batch. */
interface ReadBatch {
  readonly rows: ShardRows;
  readonly cuts: readonly Cut[];
}

/**
 * Trains batches in shards.
 *
 * ```
 * batch ─▶ rows, divisors ─▶ for each part (one, or each phase):
 *                              tasks ─▶ engine: each computed, summed by a tree ─▶ optimizer, constraints, assigned weights
 *                            logs of the parts, shard by shard ─▶ running logs
 * ```
 */
export class ShardedSteps {
  readonly #training: ShardedTraining;
  readonly #engine: SharedEngine;
  readonly #watch: SharingWatch | undefined;
  /** Batches that were read before their steps. */
  readonly #ahead = new WeakMap<Batch, Promise<ReadBatch>>();

  constructor(training: ShardedTraining, engine: SharedEngine) {
    this.#training = training;
    this.#engine = engine;
    const { engine: given, shards } = training;
    this.#watch = given && new SharingWatch({ shards, countWorkers: () => given.workers?.length });
  }

  /** Trains one batch and adds its logs. Every optimizer's watch must be prepared. */
  async train(batch: Batch, logs: RunningLogs, place: StepPlace): Promise<void> {
    const { step, steps } = this.#training;
    const { sharded } = this.#engine;
    await this.#engine.begin();
    const { rows, cuts } = await this.#time(() => this.#ahead.get(batch) ?? this.#read(batch));
    // Not read ahead, because masks may depend on the weights of this step.
    const divisors = cuts.length === 1 ? [] : await this.#time(() => this.#readDivisors(batch));
    const logged: (readonly ShardLogs[])[] = [];
    for (const [index, part] of sharded.parts.entries()) {
      const tasks = cuts.map((cut, at) =>
        this.#createTask(cut, index, divisors, place, logged.at(-1)?.[at]?.position ?? 0),
      );
      logged.push(await this.#trainPart(part, tasks as [ShardTask, ...ShardTask[]], place));
    }
    cuts.forEach((_, at) => {
      const parts = logged.map((part) => part[at]) as [ShardLogs, ...ShardLogs[]];
      addShardLogs(logs, step.logPlan, sharded.combine(parts));
    });
    await this.#watch?.endStep({
      size: rows.size,
      left: steps === undefined ? undefined : steps - place.step - 1,
      computeAlone: () => this.#computeAlone(rows, place),
    });
  }

  async #read(batch: Batch): Promise<ReadBatch> {
    const rows = await readBatch(batch);
    return { rows, cuts: cutBatch(rows, this.#training.shards) };
  }

  /** Reads the batch of the next step while others compute this one. Its own step tells of errors. */
  async #readNext({ makeNext }: StepPlace): Promise<void> {
    if (makeNext === undefined) return;
    // The tasks of this step are given out before.
    await waitForTurn();
    const next = makeNext();
    if (next === undefined || this.#ahead.has(next)) return;
    const read = this.#read(next);
    this.#ahead.set(next, read);
    await read.catch(() => {});
  }

  #time<Result>(part: () => Promise<Result>): Promise<Result> {
    return this.#watch === undefined ? part() : this.#watch.time(part);
  }

  /** Computes a whole batch on this thread, for its time. Changes nothing. */
  async #computeAlone(rows: ShardRows, place: StepPlace): Promise<void> {
    let position = 0;
    for (const part of this.#engine.sharded.parts.keys()) {
      const task = this.#createTask({ shard: 0, rows, share: 1 }, part, [], place, position);
      const { logs } = await this.#engine.local.compute(task);
      position = logs[0]?.position ?? 0;
    }
  }

  #createTask(
    { shard, rows, share }: Cut,
    part: number,
    divisors: ShardTask['divisors'],
    { seed, epoch, step }: StepPlace,
    position: number,
  ): ShardTask {
    const random = { seed, stream: step * this.#training.shards + shard, position };
    return { kind: 'train', epoch, step, part, shard, rows, share, divisors, random };
  }

  async #sum(
    tasks: SharedStep['tasks'],
    trained: readonly NamedWeight[],
    place: StepPlace,
  ): Promise<ShardSum> {
    const [sum, next] = await Promise.allSettled([this.#engine.sum(tasks, trained), this.#readNext(place)]);
    if (sum.status === 'rejected') throw sum.reason;
    if (next.status === 'rejected') throw next.reason;
    return sum.value;
  }

  /** Computes a part of the step, and updates the weights. */
  async #trainPart(
    { role }: ShardedPart,
    tasks: SharedStep['tasks'],
    place: StepPlace,
  ): Promise<readonly ShardLogs[]> {
    const { weights } = this.#training.model;
    const trained = role.listTrained(weights);
    const sum = await this.#time(() => this.#sum(tasks, trained, place));
    const gradients = sum.gradients.map(
      (values, index) => values && tf.tensor(values, trained[index]?.variable.shape),
    );
    try {
      role.applyInOrder(weights, gradients);
    } finally {
      tf.dispose(gradients.filter((gradient) => gradient !== undefined));
    }
    weights.forEach(({ variable }, at) => {
      const value = sum.assigned[at];
      if (value !== undefined) tf.tidy(() => variable.assign(createTensor(value)));
    });
    return sum.logs;
  }

  async #readDivisors(batch: Batch): Promise<ShardTask['divisors']> {
    const divisors = this.#engine.sharded.listDivisors(batch);
    try {
      return await Promise.all(divisors.map(async (divisor) => divisor && (await divisor.data())[0]));
    } finally {
      tf.dispose(divisors.filter((divisor) => divisor !== undefined));
    }
  }
}
