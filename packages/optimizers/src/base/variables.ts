import { KeepfitError } from '@keepfit/callbacks';
import { formatValue } from '@keepfit/callbacks/internal';
import * as tf from '@tensorflow/tfjs-core';

/** @throws KEEPFIT_INVALID_OPTION when there is no variable of this name. */
export function findVariable(name: string): tf.Variable {
  const variable = tf.engine().registeredVariables[name];
  if (variable !== undefined) return variable;
  throw new KeepfitError(
    'KEEPFIT_INVALID_OPTION',
    `applyGradients was given a gradient for ${formatValue(name)}, and there is no variable of that name`,
  );
}

/** Gives a variable new memory. A slot that an update leaves as it is stays. */
export function assign(variable: tf.Variable, value: tf.Tensor | undefined): void {
  if (value === undefined) throw new Error(`the update gave no value for ${variable.name}`);
  if (value !== variable) variable.assign(value);
}
