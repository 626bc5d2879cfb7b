import {
  type Difference,
  KeepfitError,
  type SavedTensor,
  type SavedTraining,
  type StateRecord,
} from '@keepfit/callbacks';
import { dispose, type Optimizer, type Tensor } from '@tensorflow/tfjs-core';
import type { Model } from '../contract/model.js';
import { placeOf, restoreOptimizer } from '../optimizer/optimizer-state.js';
import type { SlotOrder } from '../optimizer/slot-order.js';
import { trainedNames } from './capture-training.js';
import { fromSaved } from './saved-tensor.js';

/** In what the tensors of a checkpoint, whose state was checked, do not fit: none of these can be continued. */
export function tensorDifferences(
  saved: SavedTraining,
  { weights, states = [] }: Model,
  optimizer: Optimizer,
): Difference[] {
  const differences: Difference[] = [];
  const note = (item: string, then: string | null, now: string | null) => {
    if (then !== now) differences.push({ item, saved: then, current: now, canContinue: false });
  };
  const savedWeights = under('weights/', saved.tensors);
  for (const { name, variable } of weights)
    note(`weights[${JSON.stringify(name)}]`, kindOf(savedWeights.get(name)), kindOf(variable));
  const variables = new Map(weights.map(({ name, variable }) => [name, variable]));
  for (const [name, tensor] of savedWeights)
    if (!variables.has(name)) note(`weights[${JSON.stringify(name)}]`, kindOf(tensor), null);
  const savedStates = under('states/', saved.tensors);
  for (const state of states) {
    const now = state.read();
    note(`states[${JSON.stringify(state.name)}]`, kindOf(savedStates.get(state.name)), kindOf(now));
    now.dispose();
    savedStates.delete(state.name);
  }
  for (const [name, tensor] of savedStates) note(`states[${JSON.stringify(name)}]`, kindOf(tensor), null);
  const savedClass = (saved.state['optimizer'] as StateRecord)['class'];
  if (savedClass === optimizer.getClassName()) {
    for (const [name, tensor] of under('optimizer/', saved.tensors)) {
      note(`optimizer[${JSON.stringify(name)}]`, kindOf(tensor), kindOf(placeOf(optimizer, variables, name)));
    }
  }
  return differences;
}

/** A saved training as tensors of this backend, ready to be put in place any number of times. */
export class RestorableTraining {
  readonly #tensors: ReadonlyMap<string, Tensor>;
  readonly #state: StateRecord;

  /** Makes all tensors, or none: what the checks let pass can still fail for memory. */
  constructor({ tensors, state }: SavedTraining) {
    const made = new Map<string, Tensor>();
    try {
      for (const [name, tensor] of tensors)
        if (/^(weights|states|optimizer|metrics)\//.test(name)) made.set(name, fromSaved(tensor, name));
    } catch (error) {
      dispose([...made.values()]);
      throw error;
    }
    this.#tensors = made;
    this.#state = state;
  }

  /** Gives weights, states and optimizer their saved values. All must fit: see `tensorDifferences`. */
  apply({ weights, states = [] }: Model, optimizer: Optimizer, slots: SlotOrder): void {
    const values = under('weights/', this.#tensors);
    for (const { name, variable } of weights) {
      const value = values.get(name);
      if (value !== undefined) variable.assign(value);
    }
    const saved = under('states/', this.#tensors);
    for (const state of states) {
      const value = saved.get(state.name);
      if (value !== undefined) state.write(value);
    }
    const { class: savedClass, numbers } = this.#state['optimizer'] as {
      class: string;
      numbers: Record<string, number>;
    };
    if (savedClass !== optimizer.getClassName()) return;
    const names = trainedNames(weights);
    slots.alignTo(optimizer, names);
    restoreOptimizer(optimizer, names, under('optimizer/', this.#tensors), numbers);
  }

  /** The saved states of metrics, by log key, as tensors of the caller's own. */
  metricStates(): Map<string, Tensor[]> {
    const states = new Map<string, Tensor[]>();
    for (const [name, tensor] of under('metrics/', this.#tensors)) {
      const at = name.lastIndexOf('/');
      const key = name.slice(0, at);
      const tensors = states.get(key) ?? [];
      tensors[Number(name.slice(at + 1))] = tensor.clone();
      states.set(key, tensors);
    }
    return states;
  }

  dispose(): void {
    dispose([...this.#tensors.values()]);
  }
}

/** The error for a restore that cannot be. */
export function cannotRestore(differences: readonly Difference[]): KeepfitError {
  const [first] = differences;
  return new KeepfitError(
    'KEEPFIT_CHECKPOINT_MISMATCH',
    `the checkpoint does not fit the model: ${first?.item} was ${first?.saved} and is ${first?.current}, and ${differences.length - 1} more; nothing was changed`,
  );
}

function under<T>(prefix: string, tensors: ReadonlyMap<string, T>): Map<string, T> {
  const found = [...tensors].filter(([name]) => name.startsWith(prefix));
  return new Map(found.map(([name, tensor]) => [name.slice(prefix.length), tensor]));
}

function kindOf(tensor: SavedTensor | Tensor | undefined): string | null {
  return tensor === undefined ? null : `${tensor.dtype} [${tensor.shape.join(', ')}]`;
}
