import * as tf from '@tensorflow/tfjs-core';
import type { JsKernel } from '../js-kernel.js';
import { sumAxes } from '../reduce/sum-axes.js';

/** The shape without some of its axes, or with 1 for them. */
function reduceShape(shape: readonly number[], axes: readonly number[], keepDims: boolean): number[] {
  return shape.flatMap((size, axis) => (!axes.includes(axis) ? [size] : keepDims ? [1] : []));
}

const sum: JsKernel<Record<'x', tf.TensorInfo>, tf.SumAttrs> = {
  kernelName: tf.Sum,
  handles: ({ x }) => x.dtype !== 'complex64',
  compute({ x }, { axis, keepDims }, memory) {
    const axes = tf.util.parseAxisParam(axis, x.shape);
    const out = memory.output(reduceShape(x.shape, axes, keepDims), x.dtype === 'bool' ? 'int32' : x.dtype);
    sumAxes(memory.values(x), x.shape, axes, 1, memory.writable(out));
    return out;
  },
};

const mean: JsKernel<Record<'x', tf.TensorInfo>, tf.MeanAttrs> = {
  kernelName: tf.Mean,
  handles: ({ x }) => x.dtype !== 'complex64',
  compute({ x }, { axis, keepDims }, memory) {
    const axes = tf.util.parseAxisParam(axis, x.shape);
    const count = axes.reduce((product, at) => product * (x.shape[at] as number), 1);
    const out = memory.output(reduceShape(x.shape, axes, keepDims), 'float32');
    sumAxes(memory.values(x), x.shape, axes, 1 / count, memory.writable(out));
    return out;
  },
};

/** Sums and means, accurate over any number of rows. */
export const sumKernels = { mean, sum };
