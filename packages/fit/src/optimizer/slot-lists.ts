import * as tf from '@tensorflow/tfjs-core';
import { fieldsOf } from './optimizer-kind.js';
import type { WeightNames } from './weight-names.js';

/** The state of one of tfjs' optimizers. Its variables stay the optimizer's. */
interface SlotState {
  /**
   * By stable names: a field (`accBeta1`), or a field and the weight it belongs to
   * (`accumulatedFirstMoment/dense/kernel`).
   */
  readonly variables: ReadonlyMap<string, tf.Variable>;
  /**
   * Numbers that change in training, such as the count of iterations. Not settings, and not the learning
   * rate.
   */
  readonly numbers: Readonly<Record<string, number>>;
}

/** The state that tfjs' optimizers keep for each trained weight. */
interface Slot {
  originalName: string;
  variable: tf.Variable;
}

type Slots = (Slot | undefined)[];

/** The count of iterations exists from the first one on, and has its own getter. */
const ITERATIONS = 'iterations_';
const KNOWN_NUMBERS: readonly string[] = ['learningRate', ITERATIONS];

/**
 * Reads the state of any of tfjs' seven optimizers from its fields: their `getWeights` recomputes Adam's
 * accumulated betas, which is not exact, and Adamax's throws. `weights` names the trained weights in the order
 * of the slots.
 */
export function readSlots(optimizer: tf.Optimizer, weights: readonly string[]): SlotState {
  const settings = optimizer.getConfig();
  const variables = new Map<string, tf.Variable>();
  const numbers: Record<string, number> = { iterations: optimizer.iterations };
  for (const [field, value] of Object.entries(optimizer)) {
    if (value instanceof tf.Variable) variables.set(field, value);
    else if (isSlots(value))
      value.forEach((slot, index) => slot && variables.set(`${field}/${weights[index]}`, slot.variable));
    else if (typeof value === 'number' && !Object.hasOwn(settings, field) && !KNOWN_NUMBERS.includes(field))
      numbers[field] = value;
  }
  return { variables, numbers };
}

/**
 * The tensor whose dtype and shape a saved one of this name must have: the optimizer's own variable, or the
 * weight that the slot belongs to. Undefined if the optimizer has no such place. `weights` are all weights of
 * the model, by name.
 */
export function findPlace(
  optimizer: tf.Optimizer,
  weights: ReadonlyMap<string, tf.Variable>,
  name: string,
): tf.Tensor | undefined {
  const [field, weight] = splitName(name);
  const value = fieldsOf(optimizer)[field];
  if (weight === undefined) return value instanceof tf.Variable ? value : undefined;
  return isSlots(value) ? weights.get(weight) : undefined;
}

/**
 * Restores a state that `readSlots` returned. `tensors` stay the caller's; they are held by reference. Slots
 * that the state lacks are dropped, so that the optimizer makes new ones. `findPlace` must find a place for
 * every name.
 */
export function writeSlots(
  optimizer: tf.Optimizer,
  weights: readonly string[],
  tensors: ReadonlyMap<string, tf.Tensor>,
  numbers: Readonly<Record<string, number>>,
): void {
  const fields = fieldsOf(optimizer);
  for (const [field, value] of Object.entries(fields)) {
    if (value instanceof tf.Variable) {
      const tensor = tensors.get(field);
      if (tensor !== undefined) value.assign(tensor);
    } else if (isSlots(value)) {
      fields[field] = restoreSlots(field, value, weights, tensors);
    } else if (typeof value === 'number' && Object.hasOwn(numbers, field)) {
      fields[field] = numbers[field];
    }
  }
  writeIterations(optimizer, numbers);
}

/** Sets the count of iterations, which all of tfjs' optimizers have. */
export function writeIterations(optimizer: tf.Optimizer, numbers: Readonly<Record<string, number>>): void {
  fieldsOf(optimizer)[ITERATIONS] = numbers['iterations'] ?? 0;
}

/** A slot that the state lacks leaves a hole, which the optimizer fills at its next step. */
function restoreSlots(
  field: string,
  slots: Slots,
  weights: readonly string[],
  tensors: ReadonlyMap<string, tf.Tensor>,
): Slots {
  const restored = weights.map((weight, index) => {
    const tensor = tensors.get(`${field}/${weight}`);
    if (tensor === undefined) return undefined;
    const slot = slots[index] ?? {
      originalName: `${weight}/${field}`,
      variable: tf.tidy(() => tf.variable(tf.zeros(tensor.shape), false)),
    };
    slot.variable.assign(tensor);
    return slot;
  });
  for (const slot of slots) if (!restored.includes(slot)) slot?.variable.dispose();
  return restored.some((slot) => slot !== undefined) ? restored : [];
}

/**
 * Whether each item belongs to the weight at its position: a slot of tfjs, or a tensor of the weight's shape.
 * Optimizers leave holes for weights without a gradient.
 */
export function isListOfWeights(list: readonly unknown[], names: WeightNames): boolean {
  return (
    list.length <= names.order.length &&
    list.some((item) => item !== undefined) &&
    Array.from(list).every((item, index) => {
      if (item === undefined) return true;
      const tensor = (item as { variable?: unknown } | null)?.variable ?? item;
      return tensor instanceof tf.Tensor && tensor.shape.join() === names.shapeAt(index)?.join();
    })
  );
}

function isSlots(value: unknown): value is Slots {
  return (
    Array.isArray(value) &&
    value.every((item: Slots[number]) => item === undefined || item.variable instanceof tf.Variable)
  );
}

function splitName(name: string): [string, string | undefined] {
  const at = name.indexOf('/');
  return at < 0 ? [name, undefined] : [name.slice(0, at), name.slice(at + 1)];
}
