import type { OptimizerState } from '@keepfit/optimizers';
import * as tf from '@tensorflow/tfjs-core';

/** A field, a method or a setting of an optimizer. Most are private to TypeScript. */
export type Fields = Record<string, unknown>;

const STOCK_CLASSES = [
  tf.SGDOptimizer,
  tf.MomentumOptimizer,
  tf.AdagradOptimizer,
  tf.AdadeltaOptimizer,
  tf.AdamOptimizer,
  tf.AdamaxOptimizer,
  tf.RMSPropOptimizer,
];

/** The fields of an optimizer, which are plain properties of the object. */
export function fieldsOf(optimizer: tf.Optimizer): Fields {
  return optimizer as unknown as Fields;
}

/**
 * Whether it is exactly one of tfjs' own optimizers: no subclass, no method replaced on the object, and no state
 * that it reads itself.
 */
export function isStock(optimizer: tf.Optimizer): boolean {
  const prototype: unknown = Object.getPrototypeOf(optimizer);
  return (
    STOCK_CLASSES.some((stock) => stock.prototype === prototype) &&
    Object.values(optimizer).every((field) => typeof field !== 'function') &&
    !hasOwnState(optimizer)
  );
}

/** Whether its steps are those of a class of tfjs, also in a subclass. */
export function stepsLikeStock({ applyGradients }: tf.Optimizer): boolean {
  return STOCK_CLASSES.some(({ prototype }) => prototype.applyGradients === applyGradients);
}

/** Whether it reads and writes its state itself. */
export function hasOwnState(optimizer: tf.Optimizer): optimizer is tf.Optimizer & OptimizerState {
  const { readState, writeState } = fieldsOf(optimizer);
  return typeof readState === 'function' && typeof writeState === 'function';
}

/** Whether both `getWeights` and `setWeights` are the class's own, and not those that tfjs brings. */
export function hasOwnWeights(optimizer: tf.Optimizer): boolean {
  if (isStock(optimizer)) return false;
  return (['getWeights', 'setWeights'] as const).every((method) => {
    const theirs = [tf.Optimizer, ...STOCK_CLASSES].map(({ prototype }) => prototype[method]);
    return typeof optimizer[method] === 'function' && !theirs.includes(optimizer[method]);
  });
}

/**
 * The name of an optimizer's class in checkpoints: its own static `className`. A subclass that merely inherits
 * one computes something else than its parent, so it goes by the name in the source.
 */
export function getOptimizerClass(optimizer: tf.Optimizer): string {
  const { constructor } = optimizer as { constructor?: { className?: unknown; name?: unknown } };
  if (constructor === undefined) return 'Object';
  const name = Object.hasOwn(constructor, 'className') ? constructor.className : constructor.name;
  return typeof name === 'string' ? name : String(constructor.name);
}

/**
 * The settings of an optimizer without the learning rate: what its `getSettings` gives, or its `getConfig`, which
 * may refuse a schedule that cannot be saved.
 */
export function getOptimizerSettings(optimizer: tf.Optimizer): Fields {
  const { getSettings } = fieldsOf(optimizer);
  if (typeof getSettings === 'function') return (getSettings as () => Fields).call(optimizer);
  const { getConfig } = optimizer as Partial<tf.Optimizer>;
  const { learningRate: _, ...settings } = (getConfig?.call(optimizer) ?? {}) as Fields;
  return settings;
}
