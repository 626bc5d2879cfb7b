import { formatValue, refuseOption } from '@keepfit/callbacks/internal';
import * as tf from '@tensorflow/tfjs-core';

export const findVariable = (name: string): tf.Variable | undefined => tf.engine().registeredVariables[name];

export type Pair = readonly [weight: tf.Variable, gradient: tf.Tensor];

/**
 * The variables of gradients, which are a list or a record by name.
 *
 * @throws KEEPFIT_INVALID_OPTION when they are something else, there is no variable of a name, or one comes twice.
 */
export function findPairs(gradients: tf.NamedTensorMap | { name: string; tensor: tf.Tensor }[]): Pair[] {
  if (typeof (gradients as unknown) !== 'object' || (gradients as unknown) === null)
    refuseOption(`applyGradients needs gradients by the names of variables, not ${formatValue(gradients)}`);
  const named = Array.isArray(gradients)
    ? gradients
    : Object.entries(gradients).map(([name, tensor]) => ({ name, tensor }));
  const pairs = new Map<tf.Variable, tf.Tensor>();
  for (const given of named) {
    // An entry that is none has no name either.
    const { name, tensor } = Object(given) as typeof given;
    const fault = (what: string) =>
      refuseOption(`applyGradients got a gradient for ${formatValue(name)}: ${what}`);
    const variable = findVariable(name) ?? fault('there is no variable of that name');
    if (pairs.has(variable)) fault('it is the second one');
    pairs.set(variable, tensor);
  }
  return [...pairs];
}

/** Gives a variable new memory. A slot that an update leaves as it is stays. */
export function assign(variable: tf.Variable, value: tf.Tensor | undefined): void {
  if (value === undefined) throw new Error(`the update gave no value for ${variable.name}`);
  if (value !== variable) variable.assign(value);
}
