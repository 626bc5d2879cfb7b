import * as tf from '@tensorflow/tfjs-core';
import { type FusedUpdate, findFusedUpdate } from './fused-updates.js';

export interface WeightGradient {
  readonly variable: tf.Variable;
  /** Undefined for a weight that the loss does not depend on. */
  readonly gradient: tf.Tensor | undefined;
}

interface Slot {
  originalName: string;
  variable: tf.Variable;
}

/**
 * Applies one step's gradients as `optimizer.applyGradients` does, in the same order and to the bit: in one kernel a weight where the backend
 * has one, else by that method. A weight's values are always new memory, so that a backup may go on reading the old ones.
 */
export function applyGradients(optimizer: tf.Optimizer, weights: readonly WeightGradient[]): void {
  const update = findFusedUpdate(optimizer);
  if (update !== undefined && tf.getKernel(update.kernel, tf.getBackend()) !== undefined)
    applyFused(optimizer, update, weights);
  else optimizer.applyGradients(weights.map(({ variable, gradient }) => named(variable, gradient)));
}

function applyFused(optimizer: tf.Optimizer, update: FusedUpdate, weights: readonly WeightGradient[]): void {
  const fields = optimizer as unknown as Record<string, unknown>;
  const attrs = update.attrs(fields);
  const scalars = Object.fromEntries(update.scalars.map((name) => [name, fields[name] as tf.Tensor]));
  weights.forEach(({ variable, gradient }, index) => {
    const slots = Object.entries(update.slots).map(([input, [field, suffix]]) => {
      return [input, slotAt(fields[field] as (Slot | undefined)[], index, variable, suffix)] as const;
    });
    if (gradient === undefined) return;
    tf.tidy(() => {
      const inputs = { weight: variable, gradient, ...Object.fromEntries(slots), ...scalars };
      const outputs = tf.engine().runKernel(update.kernel, inputs, attrs) as tf.Tensor | tf.Tensor[];
      const [newWeight, ...newSlots] = Array.isArray(outputs) ? outputs : [outputs];
      if (newWeight === undefined) throw new Error(`the kernel ${update.kernel} gave no weight`);
      variable.assign(newWeight);
      slots.forEach(([, slot], at) => slot.assign(newSlots[at] ?? slot));
    });
  });
  advance(optimizer, fields);
}

/** The optimizer's variable for a weight, made at the first step as tfjs makes it. */
function slotAt(
  slots: (Slot | undefined)[],
  index: number,
  weight: tf.Variable,
  suffix: string,
): tf.Variable {
  const slot = (slots[index] ??= {
    originalName: `${weight.name}/${suffix}`,
    variable: tf.tidy(() => tf.variable(tf.zerosLike(weight), false)),
  });
  return slot.variable;
}

/** What is left of a step once the weights are done: Adam's powers of its betas, and the count. */
function advance(optimizer: tf.Optimizer, fields: Record<string, unknown>): void {
  tf.tidy(() => {
    for (const [power, beta] of [
      ['accBeta1', 'beta1'],
      ['accBeta2', 'beta2'],
    ] as const) {
      const accumulated = fields[power] as tf.Variable | undefined;
      if (accumulated !== undefined) accumulated.assign(tf.mul(accumulated, fields[beta] as number));
    }
  });
  optimizer['incrementIterations']();
}

/** A weight without a gradient keeps its place in the list: tfjs finds an optimizer's slots by position. */
function named(variable: tf.Variable, tensor: tf.Tensor | undefined): { name: string; tensor: tf.Tensor } {
  return { name: variable.name, tensor } as { name: string; tensor: tf.Tensor };
}
