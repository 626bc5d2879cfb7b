import * as tf from '@tensorflow/tfjs-core';
import { type GpuName, getStockKernel } from './stock.js';

/**
 * Division rounded down. GPUs do not divide exactly, so that 21/7 may be a little less than 3, and tfjs'
 * WebGL shader rounds its inputs to integers first.
 */
export function createFloorDiv(backendName: GpuName): tf.KernelConfig {
  const stock = getStockKernel('FloorDiv', backendName);
  return {
    kernelName: 'FloorDiv',
    backendName,
    kernelFunc: (call) => {
      const { a, b } = call.inputs as { a: tf.Tensor; b: tf.Tensor };
      // The shaders are exact for integers.
      if (a.dtype !== 'float32' && b.dtype !== 'float32') return stock(call);
      return tf.tidy(() => tf.cast(divide(tf.cast(a, 'float32'), tf.cast(b, 'float32')), 'int32'));
    },
  };
}

/** Corrects the quotient by what it leaves over, which is exact for whole numbers. */
function divide(a: tf.Tensor, b: tf.Tensor): tf.Tensor {
  const quotient = tf.floor(tf.div(a, b));
  const rest = tf.mul(tf.sub(a, tf.mul(quotient, b)), tf.sign(b));
  const more = tf.cast(tf.greaterEqual(rest, tf.abs(b)), 'float32');
  const less = tf.cast(tf.less(rest, 0), 'float32');
  return tf.sub(tf.add(quotient, more), less);
}
