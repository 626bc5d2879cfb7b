import * as tf from '@tensorflow/tfjs-core';
import { isNumeric, type JsKernel } from '../js-kernel.js';
import { copySlice } from '../move/copy-strided.js';

/** A part of a tensor. */
export const slice: JsKernel<Record<'x', tf.TensorInfo>, tf.SliceAttrs> = {
  kernelName: tf.Slice,
  handles: ({ x }) => isNumeric(x),
  compute({ x }, attributes, memory) {
    const [begin = [], size = []] = tf.slice_util.parseSliceParams(x, attributes.begin, attributes.size);
    tf.slice_util.assertParamsValid(x, begin, size);
    const out = memory.output(size, x.dtype);
    copySlice(memory.values(x), x.shape, begin, size, memory.writable(out));
    return out;
  },
};
