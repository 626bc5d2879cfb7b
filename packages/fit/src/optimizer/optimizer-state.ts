import type { StateRecord, StateValue } from '@keepfit/callbacks';
import * as tf from '@tensorflow/tfjs-core';
import { type FieldNode, isFieldNode } from './field-tree.js';
import { getOptimizerClass, hasOwnState, hasOwnWeights, isStock } from './optimizer-kind.js';
import { readFields } from './read-fields.js';
import { explainRefusal, readOwnState, readOwnWeights, writeOwnWeights } from './own-state.js';
import { readSlots, writeIterations, writeSlots } from './slot-lists.js';
import { isStableText, type StableText, type WeightNames } from './weight-names.js';
import { writeFields } from './write-fields.js';

/** The state of an optimizer as checkpoints keep it, without its tensors, which they keep by name. */
export interface SavedOptimizer {
  readonly class: string;
  /** Numbers that change in training; the count of iterations of every optimizer. */
  readonly numbers: Readonly<Record<string, number>>;
  /** The tree of the fields of a class that tfjs does not bring. */
  readonly fields?: FieldNode;
  /** The result of the class's own `getWeights`: each name, and the name of its tensor. */
  readonly weights?: readonly (readonly [name: StableText, tensor: string])[];
  /** The result of `readState`: each name, and its number or the name of its tensor. */
  readonly state?: readonly (readonly [name: StableText, value: number | string])[];
}

/** The whole state of an optimizer at one instant. */
export interface OptimizerSnapshot {
  readonly saved: SavedOptimizer;
  /** By the names in `saved`. They stay the optimizer's: hold what you need before it trains on. */
  readonly tensors: ReadonlyMap<string, tf.Tensor>;
  /** Frees the tensors that were made for the snapshot. */
  dispose(): void;
}

/**
 * Reads the whole state of an optimizer: what its `readState` returns, or the fields of tfjs' classes, or all
 * fields of another class, and what that class's own `getWeights` returns.
 *
 * @throws KEEPFIT_INVALID_OPTION when a tensor is of a type that checkpoints do not have.
 */
export async function readOptimizer(optimizer: tf.Optimizer, names: WeightNames): Promise<OptimizerSnapshot> {
  const nothingMade = () => {};
  const { iterations } = optimizer as Partial<tf.Optimizer>;
  const saved = { class: getOptimizerClass(optimizer), numbers: { iterations: iterations ?? 0 } };
  if (hasOwnState(optimizer)) {
    const { state, tensors } = readOwnState(optimizer.readState(), names);
    return { saved: { ...saved, state }, tensors, dispose: nothingMade };
  }
  if (isStock(optimizer)) {
    const { variables, numbers } = readSlots(optimizer, names.order);
    return { saved: { ...saved, numbers }, tensors: variables, dispose: nothingMade };
  }
  const { tree, tensors } = readFields(optimizer, names);
  if (!hasOwnWeights(optimizer)) return { saved: { ...saved, fields: tree }, tensors, dispose: nothingMade };
  const all = new Map(tensors);
  const { weights, made } = await readOwnWeights(optimizer, names, all);
  return { saved: { ...saved, fields: tree, weights }, tensors: all, dispose: () => tf.dispose(made) };
}

/**
 * Gives an optimizer a state that `readOptimizer` returned, here or in another process, and which fits it: see
 * `takesState` and `findPlace`. The tensors stay the caller's.
 *
 * @throws KEEPFIT_CHECKPOINT_MISMATCH when the optimizer's own `writeState` or `setWeights` throws.
 */
export async function writeOptimizer(
  optimizer: tf.Optimizer,
  names: WeightNames,
  { numbers, fields, weights, state }: SavedOptimizer,
  tensors: ReadonlyMap<string, tf.Tensor>,
): Promise<void> {
  if (fields === undefined && state === undefined) {
    writeSlots(optimizer, names.order, tensors, numbers);
    return;
  }
  if (state !== undefined && hasOwnState(optimizer)) {
    const values = state.map(([name, value]) => [
      names.toText(name),
      typeof value === 'number' ? value : tensors.get(value),
    ]);
    await explainRefusal(optimizer, () =>
      optimizer.writeState(Object.fromEntries(values) as Record<string, tf.Tensor | number>),
    );
  }
  if (weights !== undefined) await writeOwnWeights(optimizer, names, weights, tensors);
  if (fields !== undefined) writeFields(optimizer, names, fields, tensors);
  if ('iterations' in optimizer) writeIterations(optimizer, numbers);
}

/** Whether the optimizer is of the saved class and keeps its state in the saved way. */
export function takesState(optimizer: tf.Optimizer, saved: SavedOptimizer): boolean {
  return saved.class === getOptimizerClass(optimizer) && findForm(saved) === getForm(optimizer, saved);
}

/** In words, how a state was read. */
export function findForm({ state, weights }: SavedOptimizer): string {
  if (state !== undefined) return 'readState';
  return weights === undefined ? 'fields' : 'getWeights';
}

/** In words, how the state of an optimizer is read. Older checkpoints have only fields. */
export function getForm(optimizer: tf.Optimizer, { fields }: SavedOptimizer): string {
  if (hasOwnState(optimizer)) return 'readState';
  return fields !== undefined && hasOwnWeights(optimizer) ? 'getWeights' : 'fields';
}

/** Whether an optimizer's state, which was read from a checkpoint, is one, and its tensors are all there. */
export function isSavedOptimizer(
  value: StateValue | undefined,
  hasTensor: (name: string) => boolean,
): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const { class: name, numbers, fields, weights, state } = value as StateRecord;
  const isTensor = (item: StateValue | undefined) => typeof item === 'string' && hasTensor(item);
  return (
    typeof name === 'string' &&
    typeof numbers === 'object' &&
    numbers !== null &&
    Object.values(numbers).every((number) => typeof number === 'number') &&
    (fields === undefined || isFieldNode(fields, hasTensor)) &&
    (weights === undefined || isListOfPairs(weights, isTensor)) &&
    (state === undefined || isListOfPairs(state, (item) => typeof item === 'number' || isTensor(item)))
  );
}

function isListOfPairs(value: StateValue, isRight: (item: StateValue | undefined) => boolean): boolean {
  return (
    Array.isArray(value) &&
    (value as readonly StateValue[]).every(
      (pair) => Array.isArray(pair) && isStableText(pair[0] as StateValue) && isRight(pair[1] as StateValue),
    )
  );
}
