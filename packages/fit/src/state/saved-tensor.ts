import { KeepfitError, type SavedTensor } from '@keepfit/callbacks';
import { formatValue } from '@keepfit/callbacks/internal';
import * as tf from '@tensorflow/tfjs-core';

/**
 * Makes the tensor of saved values. On the cpu backend it shares their memory.
 *
 * @throws KEEPFIT_CHECKPOINT_MISMATCH when tfjs lacks the dtype.
 */
export function createTensor({ dtype, shape, bytes }: SavedTensor, name: string): tf.Tensor {
  const { buffer, byteOffset, byteLength } = bytes;
  switch (dtype) {
    case 'float32':
      return tf.tensor(new Float32Array(buffer, byteOffset, byteLength / 4), [...shape], dtype);
    case 'int32':
      return tf.tensor(new Int32Array(buffer, byteOffset, byteLength / 4), [...shape], dtype);
    case 'bool':
      return tf.tensor(bytes, [...shape], dtype);
    default:
      throw new KeepfitError(
        'KEEPFIT_CHECKPOINT_MISMATCH',
        `the tensor ${formatValue(name)} of the checkpoint is ${dtype}, which tfjs does not have`,
      );
  }
}
