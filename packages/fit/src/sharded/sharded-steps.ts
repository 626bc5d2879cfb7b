import { KeepfitError } from '@keepfit/callbacks';
import * as tf from '@tensorflow/tfjs-core';
import type { Model } from '../contract/model.js';
import type { ShardLogs, ShardRows, ShardSum, ShardTask } from '../contract/shard.js';
import type { Batch } from '../data/batch-source.js';
import type { LogPlan, RunningLogs } from '../objective/running-logs.js';
import type { Compute } from '../steps/compute.js';
import type { ShardedPart, ShardedStep } from '../steps/sharded-step.js';
import type { Step } from '../steps/step.js';
import { type Cut, cutBatch } from './cut-batch.js';
import { createTensor, readTensor } from './host-tensor.js';
import { addShardLogs } from './shard-log-sink.js';
import { ShardRunner } from './shard-runner.js';
import { sumTree } from './shard-sum.js';

/** Which step is trained. */
export interface StepPlace {
  readonly seed: number;
  /** Steps since epoch 0. */
  readonly step: number;
}

type Shards = readonly [ShardSum, ...ShardSum[]];

/**
 * Trains batches in shards.
 *
 * ```
 * batch ─▶ rows, divisors ─▶ for each part (one, or each phase):
 *                              tasks ─▶ each computed ─▶ summed by a tree ─▶ optimizer, constraints, assigned weights
 *                            logs of the parts, shard by shard ─▶ running logs
 * ```
 */
export class ShardedSteps {
  readonly #model: Model;
  readonly #step: ShardedStep;
  readonly #logPlan: LogPlan;
  readonly #runner: ShardRunner;
  readonly #shards: number;

  constructor(model: Model, { logPlan }: Step, sharded: ShardedStep, shards: number, compute: Compute) {
    this.#model = model;
    this.#step = sharded;
    this.#logPlan = logPlan;
    this.#shards = shards;
    this.#runner = new ShardRunner(model, sharded, compute);
  }

  /** Trains one batch and adds its logs. Every optimizer's watch must be prepared. */
  async train(batch: Batch, logs: RunningLogs, place: StepPlace): Promise<void> {
    const cuts = cutBatch(await readRows(batch), this.#shards);
    const divisors = cuts.length === 1 ? [] : await this.#readDivisors(batch);
    const logged: (readonly ShardLogs[])[] = [];
    for (const [index, part] of this.#step.parts.entries()) {
      const tasks = cuts.map((cut, at) =>
        this.#createTask(cut, index, divisors, place, logged.at(-1)?.[at]?.position ?? 0),
      );
      const sum = sumTree(await this.#computeAll(tasks));
      this.#apply(part, sum);
      logged.push(sum.logs);
    }
    cuts.forEach((_, at) => {
      const parts = logged.map((part) => part[at]) as [ShardLogs, ...ShardLogs[]];
      addShardLogs(logs, this.#logPlan, this.#step.combine(parts));
    });
  }

  #createTask(
    { shard, rows, share }: Cut,
    part: number,
    divisors: ShardTask['divisors'],
    { seed, step }: StepPlace,
    position: number,
  ): ShardTask {
    const random = { seed, stream: step * this.#shards + shard, position };
    return { step, part, shard, rows, share, divisors, random };
  }

  async #computeAll(tasks: readonly ShardTask[]): Promise<Shards> {
    const sums: ShardSum[] = [];
    for (const task of tasks) sums.push(await this.#runner.compute(task));
    return sums as [ShardSum, ...ShardSum[]];
  }

  #apply({ role }: ShardedPart, { gradients, assigned }: ShardSum): void {
    const { weights } = this.#model;
    const trained = role.listTrained(weights);
    const tensors = gradients.map(
      (values, index) => values && tf.tensor(values, trained[index]?.variable.shape),
    );
    try {
      role.applyInOrder(weights, tensors);
    } finally {
      tf.dispose(tensors.filter((tensor) => tensor !== undefined));
    }
    weights.forEach(({ variable }, place) => {
      const value = assigned[place];
      if (value !== undefined) tf.tidy(() => variable.assign(createTensor(value)));
    });
  }

  async #readDivisors(batch: Batch): Promise<ShardTask['divisors']> {
    const divisors = this.#step.listDivisors(batch);
    try {
      return await Promise.all(divisors.map(async (divisor) => divisor && (await divisor.data())[0]));
    } finally {
      tf.dispose(divisors.filter((divisor) => divisor !== undefined));
    }
  }
}

/**
 * Plans a training in shards.
 *
 * @throws KEEPFIT_INVALID_OPTION when the model or the step cannot be computed in shards.
 */
export function createShardedSteps(
  { model, step }: { readonly model: Model; readonly step: Step },
  shards: number,
  compute: Compute,
): ShardedSteps {
  const { sharded } = step;
  if (typeof sharded === 'string') throw createRefusal(shards, sharded);
  const refusal = findModelRefusal(model);
  if (refusal !== undefined) throw createRefusal(shards, refusal);
  return new ShardedSteps(model, step, sharded, shards, compute);
}

function findModelRefusal(model: Model): string | undefined {
  const [state] = model.states ?? [];
  if (state !== undefined)
    return `the state "${state.name}" goes from batch to batch, and shards are computed side by side; a recurrent layer needs stateful: false`;
  return model.findShardRefusal?.();
}

function createRefusal(shards: number, reason: string): KeepfitError {
  return new KeepfitError(
    'KEEPFIT_INVALID_OPTION',
    `a batch cannot be cut into ${shards} shards: ${reason}. Otherwise train with shards: 1`,
  );
}

async function readRows({ inputs, targets, sampleWeights, size }: Batch): Promise<ShardRows> {
  const read = (tensors: readonly tf.Tensor[]) => Promise.all(tensors.map(readTensor));
  return {
    inputs: await read(inputs),
    targets: await read(targets),
    sampleWeights: await read(sampleWeights),
    size,
  };
}
