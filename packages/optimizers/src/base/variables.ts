import { formatValue, refuseOption } from '@keepfit/callbacks/internal';
import * as tf from '@tensorflow/tfjs-core';

export const findVariable = (name: string): tf.Variable | undefined => tf.engine().registeredVariables[name];

/** @throws KEEPFIT_INVALID_OPTION when there is no variable of this name. */
export function getVariable(name: string): tf.Variable {
  return (
    findVariable(name) ??
    refuseOption(`applyGradients got a gradient for ${formatValue(name)}: there is no variable of that name`)
  );
}

/** Gives a variable new memory. A slot that an update leaves as it is stays. */
export function assign(variable: tf.Variable, value: tf.Tensor | undefined): void {
  if (value === undefined) throw new Error(`the update gave no value for ${variable.name}`);
  if (value !== variable) variable.assign(value);
}
