import { isKeepfitError, KeepfitError } from '@keepfit/callbacks';
import * as tf from '@tensorflow/tfjs-core';
import { fieldsOf, getOptimizerClass } from './optimizer-kind.js';
import { findFieldTensors } from './read-fields.js';
import type { StableText, WeightNames } from './weight-names.js';

/** Reads a state that an optimizer gives itself, under the model's own names of its weights. */
export function readOwnState(record: Readonly<Record<string, tf.Tensor | number>>, names: WeightNames) {
  const tensors = new Map<string, tf.Tensor>();
  const state = Object.entries(record).map(([key, value]) => {
    const text = names.toStableText(key);
    if (typeof value === 'number') return [text, value] as const;
    const name = findFreeName(typeof text === 'string' ? text : text.join(''), tensors);
    tensors.set(name, value);
    return [text, name] as const;
  });
  return { state, tensors };
}

/** Adds the tensors that no field holds to `tensors`, and lists those that `getWeights` made. */
export async function readOwnWeights(
  optimizer: tf.Optimizer,
  names: WeightNames,
  tensors: Map<string, tf.Tensor>,
): Promise<{ weights: (readonly [StableText, string])[]; made: tf.Tensor[] }> {
  const nameOf = new Map([...tensors].map(([name, tensor]) => [tensor, name]));
  const firstNew = tf.tidy(() => tf.scalar(0).id);
  const made: tf.Tensor[] = [];
  const weights = (await optimizer.getWeights()).map(({ name, tensor }) => {
    const text = names.toStableText(name);
    let known = nameOf.get(tensor);
    if (known === undefined) {
      known = findFreeName(`getWeights/${typeof text === 'string' ? text : text.join('')}`, tensors);
      tensors.set(known, tensor);
      // tfjs' count of iterations, for one, is a new tensor at each call.
      if (tensor.id > firstNew && !isHeld(tensor)) made.push(tensor);
    }
    return [text, known] as const;
  });
  return { weights, made };
}

/** Gives the weights to `setWeights`, and frees what it replaces. */
export async function writeOwnWeights(
  optimizer: tf.Optimizer,
  names: WeightNames,
  weights: readonly (readonly [name: StableText, tensor: string])[],
  tensors: ReadonlyMap<string, tf.Tensor>,
): Promise<void> {
  const before = findFieldTensors(optimizer, names);
  const given = weights.flatMap(([name, tensor]) => {
    const value = tensors.get(tensor);
    return value === undefined ? [] : [{ name: names.toText(name), tensor: value.clone() }];
  });
  try {
    await explainRefusal(optimizer, () =>
      optimizer.setWeights(given as Parameters<tf.Optimizer['setWeights']>[0]),
    );
  } finally {
    const after = findFieldTensors(optimizer, names);
    const isLost = (tensor: tf.Tensor) => !after.has(tensor);
    tf.dispose([...before].filter(isLost));
    tf.dispose(given.map(({ tensor }) => tensor).filter((tensor) => isLost(tensor) && !isHeld(tensor)));
  }
}

/** @throws KEEPFIT_CHECKPOINT_MISMATCH when the optimizer's own code throws. */
export async function explainRefusal(
  optimizer: tf.Optimizer,
  write: () => void | Promise<void>,
): Promise<void> {
  try {
    await write();
  } catch (cause) {
    const refusal = `the optimizer ${getOptimizerClass(optimizer)} refuses the saved state`;
    const text = cause instanceof Error ? cause.message : String(cause);
    // An optimizer that says so itself needs no advice for its author.
    const isMismatch = isKeepfitError(cause) && cause.code === 'KEEPFIT_CHECKPOINT_MISMATCH';
    throw new KeepfitError(
      'KEEPFIT_CHECKPOINT_MISMATCH',
      isMismatch
        ? `${refusal} (${text})`
        : `${refusal}: ${text}; its writeState or setWeights must take what readState or getWeights returned`,
      { cause },
    );
  }
}

/** Whether somebody has said that a tensor is to stay. */
function isHeld(tensor: tf.Tensor): boolean {
  return tensor instanceof tf.Variable || fieldsOf(tensor as never)['kept'] === true;
}

function findFreeName(name: string, taken: ReadonlyMap<string, unknown>): string {
  let free = name;
  for (let count = 2; taken.has(free); count++) free = `${name}#${count}`;
  return free;
}
