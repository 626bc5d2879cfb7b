import type { StateRecord, StateValue } from '@keepfit/callbacks';
import type * as tf from '@tensorflow/tfjs-core';
import { type FieldNode, isFieldNode } from './field-tree.js';
import { getOptimizerClass, hasOwnState, hasOwnWeights } from './optimizer-kind.js';
import { isStableText, type StableText } from './weight-names.js';

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
