import { Mean, type MeanAttrs, Sum, type SumAttrs, type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { JsKernel } from '../js-kernel.js';
import { sumAxes } from '../reduce/sum-axes.js';

/** A shape without some of its axes, or with 1 in their place. */
function reduced(shape: readonly number[], axes: readonly number[], keepDims: boolean): number[] {
  return shape.flatMap((size, axis) => (!axes.includes(axis) ? [size] : keepDims ? [1] : []));
}

const sum: JsKernel<Record<'x', TensorInfo>, SumAttrs> = {
  kernelName: Sum,
  handles: ({ x }) => x.dtype !== 'complex64',
  compute({ x }, { axis, keepDims }, memory) {
    const axes = util.parseAxisParam(axis, x.shape);
    const out = memory.output(reduced(x.shape, axes, keepDims), x.dtype === 'bool' ? 'int32' : x.dtype);
    sumAxes(memory.values(x), x.shape, axes, 1, memory.written(out));
    return out;
  },
};

const mean: JsKernel<Record<'x', TensorInfo>, MeanAttrs> = {
  kernelName: Mean,
  handles: ({ x }) => x.dtype !== 'complex64',
  compute({ x }, { axis, keepDims }, memory) {
    const axes = util.parseAxisParam(axis, x.shape);
    const count = axes.reduce((product, at) => product * (x.shape[at] as number), 1);
    const out = memory.output(reduced(x.shape, axes, keepDims), 'float32');
    sumAxes(memory.values(x), x.shape, axes, 1 / count, memory.written(out));
    return out;
  },
};

/** Sums and means, accurate over any number of rows. */
export const sumKernels = { mean, sum };
