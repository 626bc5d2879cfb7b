import { KeepfitError } from '@keepfit/callbacks';
import { formatValue } from '@keepfit/callbacks/internal';
import * as tf from '@tensorflow/tfjs-core';
import type { NamedWeight } from '../contract/model.js';
import type { StepLogs } from './custom-options.js';

/** Tensors that are kept until a step ends. The tensors that they are clones of stay the user's. */
export class HeldTensors {
  readonly #held: tf.Tensor[] = [];

  get count(): number {
    return this.#held.length;
  }

  hold<T extends tf.Tensor>(tensor: T): T {
    const held = tf.keep(tensor.clone());
    this.#held.push(held);
    return held;
  }

  dispose(): void {
    tf.dispose(this.#held);
  }
}

/** @throws KEEPFIT_INVALID_OPTION when it is a promise. */
export function refusePromise(what: string, returned: unknown): void {
  if (typeof (returned as { then?: unknown } | null | undefined)?.then !== 'function') return;
  throw new KeepfitError(
    'KEEPFIT_INVALID_OPTION',
    `${what} must be synchronous, and it returned a promise; prepare data in batches, and read values in a callback`,
  );
}

/**
 * Reads a loss or a value for the logs.
 *
 * @throws KEEPFIT_INVALID_OPTION when it is no scalar tensor.
 */
export function readScalar(what: string, value: unknown): tf.Scalar {
  if (value instanceof tf.Tensor && value.rank === 0) return value as tf.Scalar;
  throw new KeepfitError(
    'KEEPFIT_INVALID_OPTION',
    value instanceof tf.Tensor
      ? `${what} must be a scalar, not a tensor of the shape [${value.shape.join(', ')}]; take tf.mean of it`
      : `${what} must be a scalar tensor, not ${formatValue(value)}`,
  );
}

/**
 * Reads values for the logs, and holds them.
 *
 * @param taken The keys that are the trainer's own.
 * @throws KEEPFIT_INVALID_OPTION when a value is no number and no scalar, or a key is taken or one of validation.
 */
export function readLogs(
  what: string,
  logs: StepLogs,
  held: HeldTensors,
  taken: readonly string[] = [],
): Map<string, tf.Scalar> {
  if (typeof logs !== 'object' || logs === null || logs instanceof tf.Tensor || Array.isArray(logs)) {
    throw new KeepfitError(
      'KEEPFIT_INVALID_OPTION',
      `${what} must return logs, an object of scalars by key, not ${formatValue(logs)}`,
    );
  }
  const values = Object.entries(logs).map(([key, value]) => {
    if (taken.includes(key) || key.startsWith('val_')) {
      throw new KeepfitError(
        'KEEPFIT_INVALID_OPTION',
        `${what} returned a log "${key}", which the trainer writes itself${taken.includes(key) ? '' : ': val_ begins the logs of validation'}; give it another key`,
      );
    }
    if (typeof value !== 'number')
      return [key, held.hold(readScalar(`the log "${key}" of ${what}`, value))] as const;
    return [key, tf.tidy(() => held.hold(tf.scalar(value)))] as const;
  });
  return new Map(values);
}

/** Says in the user's words that a loss, or an operation in it, has no gradient; any other error stays as it is. */
export function explainNoGradient(error: unknown, what: string): unknown {
  if (!(error instanceof Error)) return error;
  const op = /gradient function not found for (\w+)/.exec(error.message)?.[1];
  if (op !== undefined) {
    return new KeepfitError(
      'KEEPFIT_INVALID_OPTION',
      `${what} needs the gradient of ${op}, which tfjs does not have; compute it by other operations, activations or layers. ` +
        'If the loss has a gradient in it, as a gradient penalty has, that is a gradient of a gradient',
      { cause: error },
    );
  }
  if (!error.message.includes('Cannot find a connection between any variable')) return error;
  return new KeepfitError(
    'KEEPFIT_INVALID_OPTION',
    `${what} does not depend on the weights that it is to train; compute it with the model that has them, ` +
      'by operations that have gradients, and give those weights',
    { cause: error },
  );
}

/** The memory of weights, to find those that a function has changed. */
export function watchWeights(weights: readonly NamedWeight[]): () => NamedWeight[] {
  const before = weights.map(({ variable }) => variable.dataId);
  return () => weights.filter(({ variable }, index) => variable.dataId !== before[index]);
}

/**
 * Runs a part of a step.
 *
 * @param isOurs Whether a variable is an optimizer's, whose state is in the checkpoint.
 * @throws KEEPFIT_INVALID_OPTION when it writes a variable that is no weight of the model.
 */
export function refuseOtherWrites<Result>(
  what: string,
  weights: readonly NamedWeight[],
  run: () => Result,
  isOurs: (variable: tf.Variable) => boolean = () => false,
): Result {
  const findChanged = watchOtherVariables(weights);
  const result = run();
  const changed = findChanged().find((variable) => !isOurs(variable));
  if (changed === undefined) return result;
  throw new KeepfitError(
    'KEEPFIT_INVALID_OPTION',
    `${what} changed the variable "${changed.name}", which is no weight of the model, so no checkpoint has it; ` +
      'make it a weight that is not trainable, by joinModels or in the weights of the model. ' +
      'If it belongs to a model that you do not train, call that model with training: false',
  );
}

/** The memory of variables that are no weights of the model, to find those that a function has changed. */
export function watchOtherVariables(weights: readonly NamedWeight[]): () => tf.Variable[] {
  const own = new Set(weights.map(({ variable }) => variable));
  const others = Object.values(tf.engine().registeredVariables).filter((variable) => !own.has(variable));
  const before = others.map(({ dataId }) => dataId);
  return () => others.filter(({ isDisposed, dataId }, index) => !isDisposed && dataId !== before[index]);
}

/** Notes how many tensors there are, and finds whether a step leaves more than it may. */
export class TensorCount {
  #before = 0;
  #isFirst = true;

  begin(): void {
    this.#before = tf.memory().numTensors;
  }

  /**
   * @param made How many tensors of the trainer were made since the step began.
   * @throws KEEPFIT_INVALID_OPTION when there are others too. A model may make what it keeps at its first step.
   */
  check(what: string, made: number): void {
    const left = tf.memory().numTensors - this.#before - made;
    const isFirst = this.#isFirst;
    this.#isFirst = false;
    if (left <= 0 || isFirst) return;
    throw new KeepfitError(
      'KEEPFIT_INVALID_OPTION',
      `${what} keeps tensors from step to step (${left} at this one), which no checkpoint has; ` +
        'make what a step leaves to the next a weight of the model that is not trainable, and keep nothing else',
    );
  }
}
