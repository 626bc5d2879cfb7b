import * as tf from '@tensorflow/tfjs-core';
import type { Model, NamedState, NamedWeight } from '../contract/model.js';
import { type HeldOptimizer, holdOptimizer } from '../optimizer/hold-optimizer.js';
import type { SlotOrder } from '../optimizer/slot-order.js';
import type { WeightNames } from '../optimizer/weight-names.js';
import { captureTensor } from './capture-tensor.js';

/** The parts of a training that a restore changes before the loop reaches the saved point. */
export interface RestoredParts {
  readonly model: Model;
  readonly optimizer: tf.Optimizer;
  readonly slots: SlotOrder;
  readonly control: { stopTraining: boolean };
}

/**
 * A training as it is before a restore, so that a restore that fails can be undone: nothing may stay
 * half-restored. Holds references to its tensors; call `dispose`.
 */
export class FormerTraining {
  readonly #parts: RestoredParts;
  readonly #names: WeightNames;
  readonly #optimizer: HeldOptimizer;
  readonly #weights: readonly NamedWeight[];
  readonly #states: readonly NamedState[];
  readonly #stopTraining: boolean;
  readonly #tensors = new Map<string, tf.Tensor>();

  static async hold(parts: RestoredParts): Promise<FormerTraining> {
    const names = parts.slots.names(parts.model.weights);
    return new FormerTraining(parts, names, await holdOptimizer(parts.optimizer, names));
  }

  private constructor(parts: RestoredParts, names: WeightNames, optimizer: HeldOptimizer) {
    const { model, control } = parts;
    this.#parts = parts;
    this.#names = names;
    this.#optimizer = optimizer;
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
    const { slots, control } = this.#parts;
    for (const { name, variable } of this.#weights) variable.assign(this.#get(`weights/${name}`));
    for (const state of this.#states) state.write(this.#get(`states/${state.name}`));
    control.stopTraining = this.#stopTraining;
    slots.reset(this.#names);
    await this.#optimizer.putBack();
  }

  dispose(): void {
    this.#optimizer.dispose();
    tf.dispose([...this.#tensors.values()]);
    this.#tensors.clear();
  }

  #get(name: string): tf.Tensor {
    return this.#tensors.get(name) as tf.Tensor;
  }
}
