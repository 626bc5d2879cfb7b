import type * as tf from '@tensorflow/tfjs-core';
import { fieldsOf } from './optimizer-kind.js';

/** The rate of a step, counted from 0. */
type Schedule = (step: number) => number;

/**
 * The schedule that gives an optimizer's learning rate: a function in `schedule`, beside a `learningRate` that
 * has a getter. Undefined for a rate that is a number.
 */
export function findSchedule(optimizer: tf.Optimizer): Schedule | undefined {
  const { schedule } = fieldsOf(optimizer);
  const rate = findAccessor(optimizer, 'learningRate');
  return typeof schedule === 'function' && rate?.get !== undefined ? (schedule as Schedule) : undefined;
}

/**
 * A schedule as the fingerprint has it: by name and options, or by its source text. What a function uses
 * from outside is not in its text.
 */
export function describeSchedule(schedule: Schedule): unknown {
  const { className, config } = schedule as Schedule & { className?: unknown; config?: unknown };
  return typeof className === 'string' && typeof config === 'object' && config !== null
    ? { class: className, ...config }
    : String(schedule);
}

/** Whether a property has a getter and no setter. */
export function isComputed(target: object, property: string): boolean {
  const descriptor = findAccessor(target, property);
  return descriptor?.get !== undefined && descriptor.set === undefined;
}

/** The description of a property of an object, or of what it inherits from. */
function findAccessor(target: object, property: string): PropertyDescriptor | undefined {
  for (
    let owner: object | null = target;
    owner !== null;
    owner = Object.getPrototypeOf(owner) as object | null
  ) {
    const descriptor = Object.getOwnPropertyDescriptor(owner, property);
    if (descriptor !== undefined) return descriptor;
  }
  return undefined;
}
