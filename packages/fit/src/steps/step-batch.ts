import { KeepfitError } from '@keepfit/callbacks';
import type * as tf from '@tensorflow/tfjs-core';
import type { Batch } from '../data/batch-source.js';

/** A batch as a step of the user's own is given it. Its tensors are freed after the step. */
export interface StepBatch {
  /** The input, [size, …]. Read `xs` if the data have several. */
  readonly x: tf.Tensor;
  /** The target, [size, …]. Read `ys` if the data have several, or none. */
  readonly y: tf.Tensor;
  /** The inputs in the order of the data. */
  readonly xs: readonly tf.Tensor[];
  /** The targets in the order of the data; empty if there are none. */
  readonly ys: readonly tf.Tensor[];
  /** The weights of the samples, float32 [size, …]: none, one for all targets, or one per target. */
  readonly sampleWeights: readonly tf.Tensor[];
  /** How many samples it has. */
  readonly size: number;
}

/** Shows a batch to a step of the user's own. */
export function createStepBatch({ inputs, targets, sampleWeights, size }: Batch): StepBatch {
  return {
    get x() {
      return getOnly('x', 'xs', inputs);
    },
    get y() {
      return getOnly('y', 'ys', targets);
    },
    xs: inputs,
    ys: targets,
    sampleWeights,
    size,
  };
}

/** @throws KEEPFIT_INVALID_DATA when there is not exactly one. */
function getOnly(name: string, list: string, tensors: readonly tf.Tensor[]): tf.Tensor {
  const [only] = tensors;
  if (only !== undefined && tensors.length === 1) return only;
  throw new KeepfitError(
    'KEEPFIT_INVALID_DATA',
    only === undefined
      ? `the step reads batch.${name}, and the data have no targets; give y to fit, or batches { xs, ys }`
      : `the step reads batch.${name}, and the data have ${tensors.length} of them; read batch.${list}`,
  );
}
