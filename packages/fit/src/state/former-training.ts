import * as tf from '@tensorflow/tfjs-core';
import type { Model, NamedState, NamedWeight } from '../contract/model.js';
import {
  getLearningRate,
  type OptimizerState,
  readOptimizer,
  restoreOptimizer,
  setLearningRate,
} from '../optimizer/optimizer-state.js';
import type { SlotOrder } from '../optimizer/slot-order.js';
import { captureTensor } from './capture-tensor.js';
import { getTrainedNames } from './capture-training.js';

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
  readonly #weights: readonly NamedWeight[];
  readonly #states: readonly NamedState[];
  readonly #trained: readonly string[];
  readonly #numbers: OptimizerState['numbers'];
  readonly #learningRate: number;
  readonly #stopTraining: boolean;
  readonly #tensors = new Map<string, tf.Tensor>();

  constructor(parts: RestoredParts) {
    const { model, optimizer, slots, control } = parts;
    this.#parts = parts;
    this.#weights = model.weights;
    this.#states = model.states ?? [];
    this.#trained = slots.names(getTrainedNames(this.#weights));
    this.#learningRate = getLearningRate(optimizer);
    this.#stopTraining = control.stopTraining;
    const { variables, numbers } = readOptimizer(optimizer, this.#trained);
    this.#numbers = numbers;
    try {
      for (const { name, variable } of this.#weights) this.#hold(`weights/${name}`, variable);
      for (const [name, variable] of variables) this.#hold(`optimizer/${name}`, variable);
      for (const state of this.#states) this.#tensors.set(`states/${state.name}`, state.read());
    } catch (error) {
      this.dispose();
      throw error;
    }
  }

  /** Gives the training all its values back. */
  restore(): void {
    const { optimizer, slots, control } = this.#parts;
    for (const { name, variable } of this.#weights) variable.assign(this.#get(`weights/${name}`));
    for (const state of this.#states) state.write(this.#get(`states/${state.name}`));
    slots.alignTo(optimizer, this.#trained);
    const slotTensors = new Map(
      [...this.#tensors]
        .filter(([name]) => name.startsWith('optimizer/'))
        .map(([name, tensor]) => [name.slice('optimizer/'.length), tensor]),
    );
    restoreOptimizer(optimizer, this.#trained, slotTensors, this.#numbers);
    setLearningRate(optimizer, this.#learningRate);
    control.stopTraining = this.#stopTraining;
  }

  dispose(): void {
    tf.dispose([...this.#tensors.values()]);
    this.#tensors.clear();
  }

  #hold(name: string, source: tf.Tensor): void {
    this.#tensors.set(name, captureTensor(name, source).tensor);
  }

  #get(name: string): tf.Tensor {
    return this.#tensors.get(name) as tf.Tensor;
  }
}
