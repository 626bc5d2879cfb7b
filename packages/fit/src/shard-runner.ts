import { type Difference, KeepfitError, type StateRecord } from '@keepfit/callbacks';
import { formatValue } from '@keepfit/callbacks/internal';
import * as tf from '@tensorflow/tfjs-core';
import { registerGradients } from './backend/register-gradients.js';
import type { ShardComputer } from './contract/engine.js';
import type { Model } from './contract/model.js';
import type { HostTensor, ShardSum, ShardTask } from './contract/shard.js';
import { kerasNames } from './keras-names.js';
import { Replay } from './loop/replay.js';
import { planTraining } from './plan-training.js';
import { createTensor, keepsArrays } from './sharded/host-tensor.js';
import { describeTraining } from './sharded/describe-training.js';
import { LocalShards } from './sharded/local-shards.js';
import { findDifferences } from './state/find-differences.js';
import type { AnyTrainerOptions } from './trainer-options.js';
import type { PhasedTrainerOptions, TrainerOptions } from './trainer-with-names.js';

/** How many differences a message lists. */
const MOST_LISTED = 5;

/** Computes shards in a worker: what an engine runs there. It has weights and nothing else from step to step. */
export class ShardRunner implements ShardComputer {
  readonly #model: Model;
  readonly #local: ShardComputer;
  readonly #replay: Replay;
  readonly #keepsArrays: boolean;
  /** Equal to that of the training, if the worker gives the same bits. */
  readonly description: StateRecord;
  #epoch: number | undefined;

  private constructor(
    model: Model,
    description: StateRecord,
    local: ShardComputer,
    replay: Replay,
    keeps: boolean,
  ) {
    this.#model = model;
    this.description = description;
    this.#local = local;
    this.#replay = replay;
    this.#keepsArrays = keeps;
  }

  /**
   * Makes a runner of the model and options of a training. The optimizer is not used; any will do.
   *
   * @param replay Whether steps are recorded and replayed, as `SharedTraining` says.
   * @throws KEEPFIT_INVALID_OPTION when the model or an option is not valid, or the step cannot be computed in shards.
   */
  static async create(
    model: Model,
    options: Omit<TrainerOptions, 'optimizer'> | PhasedTrainerOptions,
    replay: 'auto' | boolean = 'auto',
  ): Promise<ShardRunner> {
    const given = { ...('phases' in options ? {} : { optimizer: 'sgd' }), ...options };
    const { step } = planTraining(model, given as AnyTrainerOptions, kerasNames, new WeakMap());
    await registerGradients();
    await step.prepare();
    const { sharded } = step;
    if (typeof sharded === 'string')
      throw new KeepfitError('KEEPFIT_INVALID_OPTION', `the step cannot be computed in shards: ${sharded}`);
    const replayed = new Replay();
    await replayed.open(model, step.unrecordable, { option: replay, batches: undefined, report: () => {} });
    const { compute } = replayed;
    const local = new LocalShards({ model, step, sharded, compute });
    return new ShardRunner(model, describeTraining(model, step), local, replayed, await keepsArrays());
  }

  /**
   * Checks that the worker gives the bits of a training.
   *
   * @throws KEEPFIT_INVALID_OPTION when its model, kernels, losses or metrics differ; the message lists each difference.
   */
  checkDescription(description: StateRecord): void {
    const differences = findDifferences(description, this.description);
    if (differences.length === 0) return;
    const list = differences.slice(0, MOST_LISTED).map(formatDifference);
    const more = differences.length - list.length;
    throw new KeepfitError(
      'KEEPFIT_INVALID_OPTION',
      `a worker would not give the bits of the training: ${list.join('; ')}${more > 0 ? `; and ${more} more` : ''}. ` +
        'Give all workers the same model, losses, metrics and kernels as the training',
    );
  }

  /** Frees what it holds of recorded steps. The model stays. */
  dispose(): void {
    this.#replay.dispose();
  }

  /**
   * Gives the model the weights of a step.
   *
   * @param values Copied, so their memory may be written again while a shard is computed.
   * @throws KEEPFIT_INVALID_DATA when they do not fit the model.
   */
  setWeights(values: readonly HostTensor[]): void {
    const { weights } = this.#model;
    const misfit = weights.findIndex(({ variable }, place) => !fits(variable, values[place]));
    if (misfit >= 0 || values.length !== weights.length) {
      throw new KeepfitError(
        'KEEPFIT_INVALID_DATA',
        misfit < 0
          ? `the worker was given ${values.length} weights for the ${weights.length} of its model`
          : `the worker was given values that do not fit its weight "${weights[misfit]?.name}"; its model must be that of the training`,
      );
    }
    weights.forEach(({ variable }, place) => {
      const given = values[place] as HostTensor;
      const copy = this.#keepsArrays ? { ...given, values: given.values.slice() } : given;
      tf.tidy(() => variable.assign(createTensor(copy)));
    });
  }

  compute(task: ShardTask): Promise<ShardSum> {
    if (task.kind === 'train' && task.epoch !== this.#epoch) this.#replay.beginEpoch();
    if (task.kind === 'train') this.#epoch = task.epoch;
    return this.#local.compute(task);
  }
}

function formatDifference({ item, saved, current }: Difference): string {
  return `${item} is ${formatValue(saved)} in the training and ${formatValue(current)} in the worker`;
}

function fits({ shape, dtype, size }: tf.Variable, values: HostTensor | undefined): boolean {
  return (
    values !== undefined &&
    values.dtype === dtype &&
    values.shape.join() === shape.join() &&
    values.values.length === size
  );
}
