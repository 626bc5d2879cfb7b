import {
  type Difference,
  KeepfitError,
  type SavedTensor,
  type SavedTraining,
  type StateRecord,
} from '@keepfit/callbacks';
import * as tf from '@tensorflow/tfjs-core';
import type { Model } from '../contract/model.js';
import { findPlace, restoreOptimizer } from '../optimizer/optimizer-state.js';
import type { SlotOrder } from '../optimizer/slot-order.js';
import { getTrainedNames } from './capture-training.js';
import { createTensor } from './saved-tensor.js';

/**
 * Lists the tensors of a checkpoint that do not match the model. None of these mismatches can be continued.
 * The state must be checked.
 */
export function findTensorDifferences(
  saved: SavedTraining,
  { weights, states = [] }: Model,
  optimizer: tf.Optimizer,
): Difference[] {
  const differences: Difference[] = [];
  const note = (item: string, then: string | null, now: string | null) => {
    if (then !== now) differences.push({ item, saved: then, current: now, canContinue: false });
  };
  const savedWeights = selectTensors('weights/', saved.tensors);
  for (const { name, variable } of weights)
    note(
      `weights[${JSON.stringify(name)}]`,
      describeTensor(savedWeights.get(name)),
      describeTensor(variable),
    );
  const variables = new Map(weights.map(({ name, variable }) => [name, variable]));
  for (const [name, tensor] of savedWeights)
    if (!variables.has(name)) note(`weights[${JSON.stringify(name)}]`, describeTensor(tensor), null);
  const savedStates = selectTensors('states/', saved.tensors);
  for (const state of states) {
    const now = state.read();
    note(
      `states[${JSON.stringify(state.name)}]`,
      describeTensor(savedStates.get(state.name)),
      describeTensor(now),
    );
    now.dispose();
    savedStates.delete(state.name);
  }
  for (const [name, tensor] of savedStates)
    note(`states[${JSON.stringify(name)}]`, describeTensor(tensor), null);
  const savedClass = (saved.state['optimizer'] as StateRecord)['class'];
  if (savedClass === optimizer.getClassName()) {
    for (const [name, tensor] of selectTensors('optimizer/', saved.tensors)) {
      note(
        `optimizer[${JSON.stringify(name)}]`,
        describeTensor(tensor),
        describeTensor(findPlace(optimizer, variables, name)),
      );
    }
  }
  return differences;
}

/** A saved training as tensors of this backend, which can be applied any number of times. */
export class RestorableTraining {
  readonly #tensors: ReadonlyMap<string, tf.Tensor>;
  readonly #state: StateRecord;

  /** Makes all tensors, or none: memory may run out after the checks. */
  constructor({ tensors, state }: SavedTraining) {
    const made = new Map<string, tf.Tensor>();
    try {
      for (const [name, tensor] of tensors)
        if (/^(weights|states|optimizer|metrics)\//.test(name)) made.set(name, createTensor(tensor, name));
    } catch (error) {
      tf.dispose([...made.values()]);
      throw error;
    }
    this.#tensors = made;
    this.#state = state;
  }

  /** Gives weights, states and optimizer their saved values. All must fit: see `findTensorDifferences`. */
  apply({ weights, states = [] }: Model, optimizer: tf.Optimizer, slots: SlotOrder): void {
    const values = selectTensors('weights/', this.#tensors);
    for (const { name, variable } of weights) {
      const value = values.get(name);
      if (value !== undefined) variable.assign(value);
    }
    const saved = selectTensors('states/', this.#tensors);
    for (const state of states) {
      const value = saved.get(state.name);
      if (value !== undefined) state.write(value);
    }
    const { class: savedClass, numbers } = this.#state['optimizer'] as {
      class: string;
      numbers: Record<string, number>;
    };
    if (savedClass !== optimizer.getClassName()) return;
    const names = getTrainedNames(weights);
    slots.alignTo(optimizer, names);
    restoreOptimizer(optimizer, names, selectTensors('optimizer/', this.#tensors), numbers);
  }

  /** The saved states of metrics, by log key, as tensors that the caller disposes. */
  metricStates(): Map<string, tf.Tensor[]> {
    const states = new Map<string, tf.Tensor[]>();
    for (const [name, tensor] of selectTensors('metrics/', this.#tensors)) {
      const at = name.lastIndexOf('/');
      const key = name.slice(0, at);
      const tensors = states.get(key) ?? [];
      tensors[Number(name.slice(at + 1))] = tensor.clone();
      states.set(key, tensors);
    }
    return states;
  }

  dispose(): void {
    tf.dispose([...this.#tensors.values()]);
  }
}

/** The error for a restore that is not possible. */
export function createMismatchError(differences: readonly Difference[]): KeepfitError {
  const [first] = differences;
  return new KeepfitError(
    'KEEPFIT_CHECKPOINT_MISMATCH',
    `the checkpoint does not fit the model: ${first?.item} was ${first?.saved} and is ${first?.current}, and ${differences.length - 1} more; nothing was changed`,
  );
}

function selectTensors<T>(prefix: string, tensors: ReadonlyMap<string, T>): Map<string, T> {
  const found = [...tensors].filter(([name]) => name.startsWith(prefix));
  return new Map(found.map(([name, tensor]) => [name.slice(prefix.length), tensor]));
}

function describeTensor(tensor: SavedTensor | tf.Tensor | undefined): string | null {
  return tensor === undefined ? null : `${tensor.dtype} [${tensor.shape.join(', ')}]`;
}
