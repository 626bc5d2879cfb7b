import * as tf from '@tensorflow/tfjs-core';
import { type GpuName, getStockKernel } from './stock.js';

/**
 * Chooses between tensors of more than four dimensions, as the gradient of `leakyRelu` does after a
 * convolution of volumes. tfjs' own shaders throw.
 */
export function createDeepSelect(backendName: GpuName): tf.KernelConfig {
  const stock = getStockKernel('Select', backendName);
  return {
    kernelName: 'Select',
    backendName,
    kernelFunc: (call) => {
      const { condition, t, e } = call.inputs as { condition: tf.Tensor; t: tf.Tensor; e: tf.Tensor };
      if (t.shape.length <= 4 || condition.shape.length !== t.shape.length) return stock(call);
      const flat = [...t.shape.slice(0, 3), tf.util.sizeFromShape(t.shape.slice(3))];
      return tf.tidy(() => {
        const inputs = {
          condition: tf.reshape(condition, flat),
          t: tf.reshape(t, flat),
          e: tf.reshape(e, flat),
        };
        const chosen = tf.engine().makeTensorFromTensorInfo(stock({ ...call, inputs }) as tf.TensorInfo);
        return tf.reshape(chosen, t.shape);
      });
    },
  };
}
