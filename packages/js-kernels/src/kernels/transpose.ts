import * as tf from '@tensorflow/tfjs-core';
import { isNumeric, type JsKernel } from '../js-kernel.js';
import { copyStrided, listRowMajorAxes, type Walk } from '../move/copy-strided.js';

/** A tensor with its axes reordered. */
export const transpose: JsKernel<Record<'x', tf.TensorInfo>, tf.TransposeAttrs> = {
  kernelName: tf.Transpose,
  handles: ({ x }) => isNumeric(x),
  compute({ x }, { perm }, memory) {
    const axes = listRowMajorAxes(x.shape);
    const walked = perm.map((axis) => axes[axis] as Walk);
    const out = memory.output(
      walked.map(({ size }) => size),
      x.dtype,
    );
    copyStrided(memory.values(x), 0, walked, memory.writable(out), 0);
    return out;
  },
};
