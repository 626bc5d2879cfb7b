import * as tf from '@tensorflow/tfjs-core';
import type { Model, NamedWeight } from '../contract/model.js';
import type { TensorLists } from '../steps/compute.js';
import { readStates } from './leaves.js';

/** What a step gives, and what it changes in the model. */
export interface Outcome {
  /** Its lists of tensors, with true in the place of each tensor. */
  readonly layout: Readonly<Record<string, readonly (true | undefined)[]>>;
  /** The places of the weights that the step itself assigned, such as the statistics of batch normalization. */
  readonly assigned: readonly number[];
  /** The places of the states that it changed. */
  readonly changed: readonly number[];
}

/** The memory of weights and states before a step. */
interface Before {
  readonly weights: readonly object[];
  readonly states: readonly object[];
}

/** Notes the memory of weights and states before a step. */
export function noteMemory(model: Model, weights: readonly NamedWeight[]): Before {
  const states = readStates(model);
  tf.dispose(states);
  return {
    weights: weights.map(({ variable }) => variable.dataId),
    states: states.map(({ dataId }) => dataId),
  };
}

/** Finds the results and changes of a step. `states` are those after it. */
export function findOutcome(
  lists: TensorLists,
  before: Before,
  weights: readonly NamedWeight[],
  states: readonly tf.Tensor[],
): Outcome {
  return {
    layout: mapLists(lists, () => true),
    assigned: weights.flatMap(({ variable }, place) =>
      variable.dataId === before.weights[place] ? [] : [place],
    ),
    changed: states.flatMap(({ dataId }, place) => (dataId === before.states[place] ? [] : [place])),
  };
}

/** All that a step gives: its tensors, then the weights and the states that it changes. */
export function listResults(
  lists: TensorLists,
  { assigned, changed }: Outcome,
  weights: readonly NamedWeight[],
  states: readonly tf.Tensor[],
): tf.Tensor[] {
  return [
    ...Object.values(lists).flatMap((tensors) => tensors.filter((tensor) => tensor !== undefined)),
    ...assigned.map((place) => (weights[place] as NamedWeight).variable),
    ...changed.map((place) => states[place] as tf.Tensor),
  ];
}

/** Their names, in the same order. */
export function listNames(
  { layout, assigned, changed }: Outcome,
  weights: readonly NamedWeight[],
  { states = [] }: Model,
): string[] {
  return [
    ...Object.entries(layout).flatMap(([name, tensors]) =>
      tensors.flatMap((tensor, index) => (tensor === undefined ? [] : [`${name}[${index}]`])),
    ),
    ...assigned.map((place) => `the weight "${weights[place]?.name}"`),
    ...changed.map((place) => `the state "${states[place]?.name}"`),
  ];
}

/** Gives each item of the lists another value, and keeps the places without one. */
export function mapLists<To>(
  lists: Readonly<Record<string, readonly unknown[]>>,
  map: () => To,
): Record<string, (To | undefined)[]> {
  return Object.fromEntries(
    Object.entries(lists).map(([name, items]) => [
      name,
      items.map((item) => (item === undefined ? undefined : map())),
    ]),
  );
}
