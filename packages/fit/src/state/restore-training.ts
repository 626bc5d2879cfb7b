import {
  type Difference,
  KeepfitError,
  type SavedTensor,
  type SavedTraining,
  type StateRecord,
} from '@keepfit/callbacks';
import * as tf from '@tensorflow/tfjs-core';
import type { Model } from '../contract/model.js';
import { findMissingObjects, findVariables } from '../optimizer/find-place.js';
import { type HeldOptimizer, holdOptimizer } from '../optimizer/hold-optimizer.js';
import { getOptimizerClass } from '../optimizer/optimizer-kind.js';
import type { OptimizerRole } from '../optimizer/optimizer-role.js';
import { findForm, getForm, type SavedOptimizer, takesState } from '../optimizer/saved-optimizer.js';
import { findPlace } from '../optimizer/slot-lists.js';
import { convertTfjsState } from '../optimizer/tfjs-states.js';
import { writeOptimizer } from '../optimizer/write-optimizer.js';
import { findSavedRole } from './saved-optimizers.js';
import { createTensor } from './saved-tensor.js';

/**
 * Lists the tensors of a checkpoint that do not match the model. None of these mismatches can be continued, only
 * an optimizer that keeps its state in another way. The state must be checked.
 */
export function findTensorDifferences(
  saved: SavedTraining,
  { weights, states = [] }: Model,
  optimizers: readonly OptimizerRole[],
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
  return [...differences, ...optimizers.flatMap((role) => findOptimizerDifferences(saved, weights, role))];
}

function findOptimizerDifferences(
  { state, tensors }: SavedTraining,
  weights: Model['weights'],
  role: OptimizerRole,
): Difference[] {
  const { optimizer, item } = role;
  const saved = findSavedRole(state, role)?.optimizer;
  if (saved === undefined) return [];
  if (convertTfjsState(optimizer, saved, []) !== undefined)
    return [
      {
        item: `${item}.state`,
        saved: `that of tfjs' ${saved.class}`,
        current: `that of Keras' ${getOptimizerClass(optimizer)}, which continues it`,
        canContinue: true,
      },
    ];
  if (saved.class !== getOptimizerClass(optimizer)) return [];
  if (!takesState(optimizer, saved)) {
    const [then, now] = [findForm(saved), getForm(optimizer, saved)];
    return [{ item: `${item}.state`, saved: then, current: now, canContinue: true }];
  }
  if (saved.state !== undefined) return [];
  const names = role.names(weights);
  const { fields } = saved;
  const variables = new Map(weights.map(({ name, variable }) => [name, variable]));
  const current = fields && findVariables(optimizer, names);
  const differences = [...selectTensors(role.prefix, tensors)].map(([name, tensor]) => {
    // Fields of a class that tfjs does not bring may be made at a later step, and by any name.
    const place =
      current === undefined ? findPlace(optimizer, variables, name) : (current.get(name) ?? tensor);
    return [name, describeTensor(tensor), describeTensor(place)] as const;
  });
  const missing = fields === undefined ? [] : findMissingObjects(optimizer, fields, names);
  return [...differences, ...missing.map((name) => [name, 'object', null] as const)]
    .filter(([, then, now]) => then !== now)
    .map(([name, then, now]) => ({
      item: `${item}[${JSON.stringify(name)}]`,
      saved: then,
      current: now,
      canContinue: false,
    }));
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
        if (/^(weights|states|optimizers?|metrics)\//.test(name)) made.set(name, createTensor(tensor, name));
    } catch (error) {
      tf.dispose([...made.values()]);
      throw error;
    }
    this.#tensors = made;
    this.#state = state;
  }

  /**
   * Gives optimizers, weights and states their saved values. All must fit: see `findTensorDifferences`. If an
   * optimizer's own code refuses its state, nothing is changed.
   *
   * @throws KEEPFIT_CHECKPOINT_MISMATCH when it does.
   */
  async apply({ weights, states = [] }: Model, optimizers: readonly OptimizerRole[]): Promise<void> {
    const held: HeldOptimizer[] = [];
    await orRestore(held, async () => {
      for (const role of optimizers) await this.#applyTo(role, weights, held);
    });
    const values = selectTensors('weights/', this.#tensors);
    for (const { name, variable } of weights) {
      const value = values.get(name);
      if (value !== undefined) variable.assign(value);
    }
    const savedStates = selectTensors('states/', this.#tensors);
    for (const state of states) {
      const value = savedStates.get(state.name);
      if (value !== undefined) state.write(value);
    }
  }

  /** The saved state that this optimizer takes; undefined if it begins from scratch. */
  findState(role: OptimizerRole): SavedOptimizer | undefined {
    const saved = findSavedRole(this.#state, role)?.optimizer;
    if (saved === undefined || takesState(role.optimizer, saved)) return saved;
    return convertTfjsState(role.optimizer, saved, selectTensors(role.prefix, this.#tensors).keys());
  }

  /** Notes in `held` what an optimizer was before it is written. */
  async #applyTo(role: OptimizerRole, weights: Model['weights'], held: HeldOptimizer[]): Promise<void> {
    const { optimizer } = role;
    const saved = this.findState(role);
    if (saved === undefined) return;
    role.align(weights);
    const names = role.names(weights);
    held.push(await holdOptimizer(optimizer, names));
    await writeOptimizer(optimizer, names, saved, selectTensors(role.prefix, this.#tensors));
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

async function orRestore(held: readonly HeldOptimizer[], write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (error) {
    for (const optimizer of held) await optimizer.restore();
    throw error;
  } finally {
    for (const optimizer of held) optimizer.dispose();
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
