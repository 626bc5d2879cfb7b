import * as tf from '@tensorflow/tfjs-core';
import type { NamedWeight } from '../contract/model.js';
import { fieldsOf } from './optimizer-kind.js';
import { isListOfWeights } from './slot-lists.js';
import { WeightNames } from './weight-names.js';

/**
 * Tracks which weights an optimizer's slots belong to: tfjs finds them by position alone, and weights may be
 * frozen and thawed.
 */
export class SlotOrder {
  #order: readonly string[] | undefined;

  /** The names of the weights; those that are trained are in the order of the slots. */
  names(weights: readonly NamedWeight[]): WeightNames {
    // If no step has made slots yet, the next one makes them in the order of now.
    return new WeightNames(weights, this.#order ?? getTrainedNames(weights));
  }

  /** The slots are in the order of these names again, because an earlier state was put back. */
  reset(names: WeightNames): void {
    this.#order = names.order;
  }

  /** Before a step or a restore: brings the slots into the order of the weights that are trained now. */
  alignTo(optimizer: tf.Optimizer, weights: readonly NamedWeight[]): void {
    const last = this.#order;
    const order = getTrainedNames(weights);
    if (last?.length === order.length && order.every((name, index) => name === last[index])) return;
    if (last !== undefined) reorderSlots(optimizer, this.names(weights), order);
    this.#order = order;
  }
}

/** The names of the weights that a step would train now. */
function getTrainedNames(weights: readonly NamedWeight[]): string[] {
  return weights.filter(({ trainable }) => trainable).map(({ name }) => name);
}

/**
 * Moves the slots of an optimizer from one order of trained weights to another: it would give a weight the
 * slot of another if some weights are frozen or thawed between steps. Slots of weights that are no longer
 * trained are dropped.
 */
function reorderSlots(optimizer: tf.Optimizer, from: WeightNames, to: readonly string[]): void {
  const fields = fieldsOf(optimizer);
  for (const [field, value] of Object.entries(fields)) {
    if (!Array.isArray(value) || !isListOfWeights(value, from)) continue;
    const slots = value as ({ variable: tf.Tensor } | tf.Tensor | undefined)[];
    const moved = to.map((weight) => slots[from.order.indexOf(weight)]);
    for (const slot of slots) if (!moved.includes(slot)) tf.dispose(slot);
    fields[field] = moved;
  }
}
