import { getStockKernel } from '@keepfit/gpu-kernels';
import * as tf from '@tensorflow/tfjs-core';

/** Division rounded down. tfjs' own shader rounds its inputs to integers first. */
export function createFloorDiv(): tf.KernelConfig {
  const stock = getStockKernel('FloorDiv', 'webgl');
  return {
    kernelName: 'FloorDiv',
    backendName: 'webgl',
    kernelFunc: (call) => {
      const { a, b } = call.inputs as { a: tf.Tensor; b: tf.Tensor };
      // The shader is exact for integers, and a quotient of floats may not be.
      if (a.dtype !== 'float32' && b.dtype !== 'float32') return stock(call);
      return tf.tidy(() => tf.cast(tf.floor(tf.div(a, b)), 'int32'));
    },
  };
}
