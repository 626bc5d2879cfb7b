import * as tf from '@tensorflow/tfjs-core';
import type { Model, NamedState, NamedWeight } from '../contract/model.js';
import { type HeldOptimizer, holdOptimizer } from '../optimizer/hold-optimizer.js';
import type { OptimizerRole } from '../optimizer/optimizer-role.js';
import type { WeightNames } from '../optimizer/weight-names.js';
import { captureTensor } from './capture-tensor.js';

/** The parts of a training that a restore changes before the loop reaches the saved point. */
export interface RestoredParts {
  readonly model: Model;
  readonly optimizers: readonly OptimizerRole[];
  readonly control: { stopTraining: boolean };
}

/** An optimizer as it is before a restore. */
interface HeldRole {
  readonly role: OptimizerRole;
  readonly names: WeightNames;
  readonly state: HeldOptimizer;
}

/**
 * A training as it is before a restore, so that a restore that fails can be undone: nothing may stay
 * half-restored. Holds references to its tensors; call `dispose`.
 */
export class FormerTraining {
  readonly #parts: RestoredParts;
  readonly #optimizers: readonly HeldRole[];
  readonly #weights: readonly NamedWeight[];
  readonly #states: readonly NamedState[];
  readonly #stopTraining: boolean;
  readonly #tensors = new Map<string, tf.Tensor>();

  static async hold(parts: RestoredParts): Promise<FormerTraining> {
    const held: HeldRole[] = [];
    try {
      for (const role of parts.optimizers) {
        const names = role.names(parts.model.weights);
        held.push({ role, names, state: await holdOptimizer(role.optimizer, names) });
      }
      return new FormerTraining(parts, held);
    } catch (error) {
      for (const { state } of held) state.dispose();
      throw error;
    }
  }

  private constructor(parts: RestoredParts, optimizers: readonly HeldRole[]) {
    const { model, control } = parts;
    this.#parts = parts;
    this.#optimizers = optimizers;
    this.#weights = model.weights;
    this.#states = model.states ?? [];
    this.#stopTraining = control.stopTraining;
    try {
      for (const { name, variable } of this.#weights)
        this.#tensors.set(`weights/${name}`, captureTensor(name, variable).tensor);
      for (const state of this.#states) this.#tensors.set(`states/${state.name}`, state.read());
    } catch (error) {
      this.dispose();
      throw error;
    }
  }

  /** Gives the training all its values back. */
  async restore(): Promise<void> {
    const { control } = this.#parts;
    for (const { name, variable } of this.#weights) variable.assign(this.#get(`weights/${name}`));
    for (const state of this.#states) state.write(this.#get(`states/${state.name}`));
    control.stopTraining = this.#stopTraining;
    for (const { role, names, state } of this.#optimizers) {
      role.slots.reset(names);
      await state.restore();
    }
  }

  dispose(): void {
    for (const { state } of this.#optimizers) state.dispose();
    tf.dispose([...this.#tensors.values()]);
    this.#tensors.clear();
  }

  #get(name: string): tf.Tensor {
    return this.#tensors.get(name) as tf.Tensor;
  }
}
