import { KeepfitError } from '@keepfit/callbacks';
import * as tf from '@tensorflow/tfjs-core';
import type { Engine, SharedStep } from '../contract/engine.js';
import type { Model } from '../contract/model.js';
import type { ShardLogs, ShardRows, ShardTask } from '../contract/shard.js';
import type { Batch } from '../data/batch-source.js';
import type { RunningLogs } from '../objective/running-logs.js';
import type { Compute } from '../steps/compute.js';
import type { ShardedPart, ShardedStep } from '../steps/sharded-step.js';
import type { Step } from '../steps/step.js';
import { checkSum } from './check-sum.js';
import { type Cut, cutBatch } from './cut-batch.js';
import { describeTraining } from './describe-training.js';
import { createTensor, readTensor } from './host-tensor.js';
import { createLocalEngine } from './local-engine.js';
import { LocalShards } from './local-shards.js';
import { addShardLogs } from './shard-log-sink.js';

/** Which step is trained. */
export interface StepPlace {
  readonly seed: number;
  /** Steps since epoch 0. */
  readonly step: number;
}

/** What is trained in shards. */
export interface ShardedTraining {
  readonly model: Model;
  readonly step: Step;
  readonly shards: number;
  /** Computes the shards. @default this thread */
  readonly engine: Engine | undefined;
  /** Computes a shard on this thread. */
  readonly compute: Compute;
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
  readonly #sharded: ShardedStep;
  readonly #engine: Engine;
  /** The flags of the weights as the engine knows them; undefined before it began. */
  #flags: string | undefined;
  #findChange: () => string | undefined = () => undefined;

  /** @throws KEEPFIT_INVALID_OPTION when the model or the step cannot be computed in shards. */
  constructor(training: ShardedTraining) {
    this.#training = training;
    this.#sharded = findSharded(training);
    this.#engine = training.engine ?? createLocalEngine();
  }

  /** Into how many shards a batch is cut. */
  get count(): number {
    return this.#training.shards;
  }

  /** Trains one batch and adds its logs. Every optimizer's watch must be prepared. */
  async train(batch: Batch, logs: RunningLogs, place: StepPlace): Promise<void> {
    const { shards, step } = this.#training;
    await this.#begin();
    const cuts = cutBatch(await readRows(batch), shards);
    const divisors = cuts.length === 1 ? [] : await this.#readDivisors(batch);
    const logged: (readonly ShardLogs[])[] = [];
    for (const [index, part] of this.#sharded.parts.entries()) {
      const tasks = cuts.map((cut, at) =>
        this.#createTask(cut, index, divisors, place, logged.at(-1)?.[at]?.position ?? 0),
      );
      logged.push(await this.#trainPart(part, tasks as [ShardTask, ...ShardTask[]]));
    }
    cuts.forEach((_, at) => {
      const parts = logged.map((part) => part[at]) as [ShardLogs, ...ShardLogs[]];
      addShardLogs(logs, step.logPlan, this.#sharded.combine(parts));
    });
  }

  /** Ends the engine. */
  async end(): Promise<void> {
    if (this.#flags === undefined) return;
    this.#flags = undefined;
    await this.#engine.end();
  }

  /** Tells the engine about the model, before the first step and when a hook has changed it. */
  async #begin(): Promise<void> {
    const { model, step, shards, compute } = this.#training;
    const flags = model.weights.map(({ trainable }) => (trainable ? 1 : 0)).join('');
    if (flags === this.#flags && this.#findChange() === undefined) return;
    const recording = model.describeRecording?.();
    this.#findChange = () => recording?.findChange();
    this.#flags = flags;
    await this.#engine.begin({
      shards,
      description: describeTraining(model, step),
      local: new LocalShards(model, this.#sharded, compute),
    });
  }

  #createTask(
    { shard, rows, share }: Cut,
    part: number,
    divisors: ShardTask['divisors'],
    { seed, step }: StepPlace,
    position: number,
  ): ShardTask {
    const random = { seed, stream: step * this.#training.shards + shard, position };
    return { step, part, shard, rows, share, divisors, random };
  }

  /** Computes a part of the step, and updates the weights. */
  async #trainPart({ role }: ShardedPart, tasks: SharedStep['tasks']): Promise<readonly ShardLogs[]> {
    const { weights } = this.#training.model;
    const readWeights = () => Promise.all(weights.map(({ variable }) => readTensor(variable)));
    const sum = await this.#engine.sum({ tasks, readWeights });
    const trained = role.listTrained(weights);
    checkSum(this.#engine.name, sum, tasks, trained);
    const gradients = sum.gradients.map(
      (values, index) => values && tf.tensor(values, trained[index]?.variable.shape),
    );
    try {
      role.applyInOrder(weights, gradients);
    } finally {
      tf.dispose(gradients.filter((gradient) => gradient !== undefined));
    }
    weights.forEach(({ variable }, place) => {
      const value = sum.assigned[place];
      if (value !== undefined) tf.tidy(() => variable.assign(createTensor(value)));
    });
    return sum.logs;
  }

  async #readDivisors(batch: Batch): Promise<ShardTask['divisors']> {
    const divisors = this.#sharded.listDivisors(batch);
    try {
      return await Promise.all(divisors.map(async (divisor) => divisor && (await divisor.data())[0]));
    } finally {
      tf.dispose(divisors.filter((divisor) => divisor !== undefined));
    }
  }
}

function findSharded({ model, step, shards }: ShardedTraining): ShardedStep {
  const { sharded } = step;
  const refusal = typeof sharded === 'string' ? sharded : findModelRefusal(model);
  if (typeof sharded !== 'string' && refusal === undefined) return sharded;
  throw new KeepfitError(
    'KEEPFIT_INVALID_OPTION',
    `a batch cannot be cut into ${shards} shards: ${refusal}. Otherwise train with shards: 1 and no engine`,
  );
}

function findModelRefusal(model: Model): string | undefined {
  const [state] = model.states ?? [];
  if (state !== undefined)
    return `the state "${state.name}" goes from batch to batch, and shards are computed side by side; a recurrent layer needs stateful: false`;
  return model.findShardRefusal?.();
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
