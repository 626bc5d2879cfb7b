import * as tf from '@tensorflow/tfjs-core';
import type { Model, NamedWeight } from '../contract/model.js';
import type { Computation } from '../steps/compute.js';
import type { Info } from './recorded-call.js';

/** All that a computation depends on and that may be other memory at the next step. */
export interface Leaves {
  readonly infos: readonly Info[];
  /**
   * Two computations of one key run the same calls: tensors of the same shapes and dtypes, of which the same are one
   * memory, and the same trained weights.
   */
  readonly key: string;
}

/** Lists the leaves of a computation. The tensors of the states are the caller's to dispose. */
export function listLeaves(
  model: Model,
  { kind, batch, weights, numbers = [] }: Computation,
): Leaves & { states: tf.Tensor[] } {
  const states = readStates(model);
  const { inputs, targets, sampleWeights } = batch;
  const given = [...inputs, ...targets, ...sampleWeights, ...numbers.filter((one) => one !== undefined)];
  const tensors = [...given, ...weights.map(({ variable }) => variable), ...states];
  const parts = [
    kind,
    inputs.length,
    targets.length,
    numbers.map((one) => (one === undefined ? 0 : 1)).join(''),
    ...given.map(({ dtype, shape }) => `${dtype} ${shape.join()}`),
    weights.map(({ trainable }) => (trainable ? 1 : 0)).join(''),
    findShared(tensors),
  ];
  // Copies, because an assignment gives a variable other memory.
  const infos = tensors.map(({ dataId, shape, dtype }) => ({ dataId, shape, dtype }));
  return { infos, states, key: parts.join('|') };
}

/**
 * Whether a variable that is no weight has the memory of a leaf now, as after `average.assign(weight)`: nobody can
 * tell which of the two a step reads.
 */
export function areShared({ infos }: Leaves, weights: readonly NamedWeight[]): boolean {
  const own = new Set(weights.map(({ variable }) => variable));
  const memory = new Set(infos.map(({ dataId }) => dataId));
  return Object.values(tf.engine().registeredVariables).some(
    (variable) => !own.has(variable) && memory.has(variable.dataId),
  );
}

export function readStates({ states = [] }: Model): tf.Tensor[] {
  return states.map((state) => state.read());
}

/** Runs a step, and gives the model its weights and states back. */
export function withoutTrace(model: Model, { weights }: Computation, run: () => void): void {
  const states = readStates(model);
  const held = weights.map(({ variable }) => ({
    variable,
    dataId: variable.dataId,
    values: variable.clone(),
  }));
  try {
    run();
  } finally {
    for (const { variable, dataId, values } of held) if (variable.dataId !== dataId) variable.assign(values);
    model.states?.forEach((state, place) => state.write(states[place] as tf.Tensor));
    tf.dispose([states, held.map(({ values }) => values)]);
  }
}

/** Says which tensors are one memory; empty if none are. */
function findShared(tensors: readonly tf.Tensor[]): string {
  const ids = tensors.map(({ dataId }) => dataId);
  return new Set(ids).size === ids.length ? '' : ids.map((id) => ids.indexOf(id)).join();
}
