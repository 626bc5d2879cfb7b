import type { TensorInfo } from '@tensorflow/tfjs-core';

/** Whether each element is one number. */
export function isNumeric({ dtype }: TensorInfo): boolean {
  return dtype === 'float32' || dtype === 'int32' || dtype === 'bool';
}
