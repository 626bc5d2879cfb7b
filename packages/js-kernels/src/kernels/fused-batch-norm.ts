import * as tf from '@tensorflow/tfjs-core';
import { broadcast } from '../elementwise/broadcast.js';
import { runs } from '../elementwise/runs.js';
import type { JsKernel } from '../js-kernel.js';

type Inputs = Record<'x' | 'mean' | 'variance', tf.TensorInfo> &
  Partial<Record<'offset' | 'scale', tf.TensorInfo>>;

/**
 * Batch normalization along any axis: tfjs' own repeats the statistics along the last one, whatever their
 * shape.
 */
export const fusedBatchNorm: JsKernel<Inputs, tf.FusedBatchNormAttrs> = {
  kernelName: tf.FusedBatchNorm,
  compute({ x, mean, variance, offset, scale }, { varianceEpsilon = 0.001 }, memory) {
    const y = memory.output(x.shape, 'float32');
    const out = memory.writable(y);
    const deviations = Float32Array.from(memory.values(variance), (value) =>
      Math.sqrt(value + varianceEpsilon),
    );
    broadcast(runs.subtract, memory.values(x), x.shape, memory.values(mean), mean.shape, out);
    broadcast(runs.divide, out, x.shape, deviations, variance.shape, out);
    if (scale) broadcast(runs.multiply, out, x.shape, memory.values(scale), scale.shape, out);
    if (offset) broadcast(runs.add, out, x.shape, memory.values(offset), offset.shape, out);
    return y;
  },
};
