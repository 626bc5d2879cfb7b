import { timers, waitForTurn } from '@keepfit/callbacks/internal';
import { createRunner, type HeldRunner } from '@keepfit/engine-threads/internal';
import {
  type HostTensor,
  type SharedTraining,
  type ShardSum,
  type ShardTask,
  sumTree,
} from '@keepfit/fit/engine';
import type { ServeShardsOptions } from './serve-options.js';

/** What the board has for workers. */
export type SentTraining = Pick<SharedTraining, 'replay' | 'description' | 'source'>;

/** The training that a worker computes for, if there is one, and what it has computed in all. */
export class HeldTraining {
  #held: HeldRunner | undefined;
  /** The version of the weights that the model has. */
  #version: number | undefined;
  #computed = 0;
  #busy = 0;

  get isThere(): boolean {
    return this.#held !== undefined;
  }

  /** All shards so far. */
  get computed(): number {
    return this.#computed;
  }

  /** The mean time of a shard; undefined before the first. */
  get milliseconds(): number | undefined {
    return this.#computed === 0 ? undefined : this.#busy / this.#computed;
  }

  /**
   * Makes the training.
   *
   * @param isWanted Whether it is still needed when it is made; otherwise it is disposed of.
   */
  async hold(
    { replay, description, source }: SentTraining,
    { create, module }: ServeShardsOptions,
    isWanted: () => boolean,
  ): Promise<void> {
    const held = await createRunner(
      { replay, description, source: withoutAddresses(source), module: module && String(module) },
      create,
    );
    if (isWanted()) this.#held = held;
    else held.dispose();
  }

  hasWeights(version: number): boolean {
    return version === this.#version;
  }

  setWeights(values: readonly HostTensor[], version: number): void {
    this.#held?.runner.setWeights(values);
    this.#version = version;
  }

  async compute(tasks: readonly ShardTask[]): Promise<ShardSum> {
    const { runner } = this.#held ?? {};
    if (runner === undefined) throw new Error('the worker has no training');
    // What was told leaves before the thread is busy.
    await waitForTurn();
    const began = timers.now();
    const sums: ShardSum[] = [];
    for (const task of tasks) sums.push(await runner.compute(task));
    this.#computed += tasks.length;
    this.#busy += timers.now() - began;
    return sumTree(sums as [ShardSum, ...ShardSum[]], { reuse: true });
  }

  release(): void {
    this.#held?.dispose();
    this.#held = undefined;
    this.#version = undefined;
  }
}

/** The addresses of the coordinator are not those of the workers, which also must not load code from them. */
function withoutAddresses(source: SentTraining['source']): SentTraining['source'] {
  const { backend, model } = source;
  return { model, backend: backend && { name: backend.name, options: {} } };
}
