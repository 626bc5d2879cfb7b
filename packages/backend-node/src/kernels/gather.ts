import * as tf from '@tensorflow/tfjs-core';
import { createKernel } from './stock.js';

/** `gather` along an axis counted from the end, for which tfjs-node throws. */
export function createGather(): tf.KernelConfig {
  return createKernel(tf.GatherV2, (call, stock) => {
    const { axis } = call.attrs as unknown as tf.GatherV2Attrs;
    const [wanted = 0] = tf.util.parseAxisParam(axis, [...(call.inputs['x'] as tf.Tensor).shape]);
    return stock({ ...call, attrs: { ...call.attrs, axis: wanted } });
  });
}
